"""{{ rows|number }}, {{ at|moment }}, {{ at|clock }}: figures and times as the reader's country writes them."""

from datetime import datetime
from decimal import Decimal
from json import dumps

from django import template

from tenants.records import locale

register = template.Library()


@register.filter
def number(value: int | Decimal | None) -> str:
    return locale.number(value)


@register.filter
def moment(value: datetime | None) -> str:
    return locale.moment(value)


@register.filter
def clock(value: datetime | None) -> str:
    return locale.clock(value) if value else ""


@register.filter
def as_json(value: object) -> str:
    """As programs see it, for people who write such."""
    return dumps(value, indent=2, ensure_ascii=False, default=str)
