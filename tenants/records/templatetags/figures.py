"""{{ rows|number }}: figures as the company's country writes them."""

from decimal import Decimal

from django import template

from tenants.records import locale

register = template.Library()


@register.filter
def number(value: int | Decimal | None) -> str:
    return locale.number(value)
