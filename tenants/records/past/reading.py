"""Opening the past: inside `reading`, what is asked of records is answered as of the moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DataError, connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tenants.records.past.glance import Glance, glance, looking, seen_name
from tenants.records.past.statements import past_of, quoted, table_of
from tenants.records.registry import RecordType, record_types

AHEAD = timedelta(minutes=1)
"""Clocks differ; what lies further ahead is no past."""


class PastIsReadOnly(RuntimeError):
    """A statement tried to write to records while the past is being read. A fault of the program."""


@contextmanager
def reading(at: datetime, *, only: tuple[RecordType, UUID] | None = None, actor: Actor | None = None) -> Iterator[None]:
    """Rows of record types are those of the moment, for whoever acts, with their rights of today.

    With `only` the one record is turned back, what stands around it is today's. Writes are refused.
    """
    one = (only[0].name, only[1]) if only else None
    with looking(Glance(at, actor or context.actor(), one)), connection.execute_wrapper(_turned_back):
        yield


def _turned_back(execute: Any, sql: str, params: Any, many: bool, state: Any) -> Any:
    found = glance()
    if found is None:
        return execute(sql, params, many, state)
    types = [one for one in record_types() if table_of(one) in sql]
    walls = [one for one in record_types() if quoted(seen_name(one.name)) in sql]
    if not types and not walls:
        return execute(sql, params, many, state)
    if not sql.lstrip("( ").upper().startswith("SELECT"):
        raise PastIsReadOnly(sql[:80])
    if found.only:
        types = [one for one in types if one.name == found.only[0]]
    if not types and not walls:
        return execute(sql, params, many, state)
    head = past_of(types, walls, found)
    given = () if params is None else params
    text = sql.replace("%", "%%") if params is None else sql
    try:
        return execute(f"{head.text} {text}", (*head.params, *given), many, state)
    except DataError as error:
        words = _("History has a value here that today's fields do not take, so this moment cannot be shown.")
        raise Conflict(words) from error


def moment_asked(text: str, name: str = "as_of") -> datetime:
    """A moment as somebody writes it, in their time zone unless it says another. Raises Invalid."""
    raw = text.strip().replace(" ", "+") if "T" in text else text.strip()  # a plus in an address arrives as a space
    try:
        found = parse_datetime(raw)
    except ValueError:
        found = None
    if found is None or not 2 <= found.year <= 9998:
        raise Invalid({name: [_("Write a date and time, like 2026-11-30T15:00.")]})
    at: datetime = found if timezone.is_aware(found) else timezone.make_aware(found)
    if at > timezone.now() + AHEAD:
        raise Invalid({name: [_("This moment has not come yet. Choose one that has passed.")]})
    return at
