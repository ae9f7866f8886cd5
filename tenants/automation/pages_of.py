"""Keyset pages of rows that are no records: by one column and the id."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from tenants.kernel.errors import Invalid


def page_by(rows: "QuerySet[Any]", order: str, *, after: str, limit: int) -> tuple[list[Any], str | None]:
    """One page, and where the next begins. `order` names a column that is never empty, `-` in front for the newest
    first. Raises Invalid for a cursor that is none.
    """
    name, step = order.removeprefix("-"), "lt" if order.startswith("-") else "gt"
    if after:
        value, pk = _read(after)
        try:
            rows = rows.filter(Q(**{f"{name}__{step}": value}) | Q(**{name: value, f"pk__{step}": pk}))
        except (ValidationError, ValueError) as error:
            raise Invalid({"cursor": ["This is no cursor of this list."]}) from error
    found = list(rows.order_by(order, "-pk" if order.startswith("-") else "pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], _cursor(getattr(last, name), last.pk) if last is not None else None


def _cursor(value: Any, pk: UUID) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return urlsafe_b64encode(json.dumps([text, str(pk)]).encode()).decode()


def _read(cursor: str) -> tuple[str, UUID]:
    try:
        value, pk = json.loads(urlsafe_b64decode(cursor.encode()))
        return str(value), UUID(pk)
    except (ValueError, TypeError) as error:
        raise Invalid({"cursor": ["This is no cursor of this list."]}) from error
