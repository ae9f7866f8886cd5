"""The operators of the filter language: what each makes of a field and a value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.records.fields import Field, Relation
from tenants.records.registry import type_of
from tenants.records.sight import sight

NOBODY = UUID(int=0)
MOST_DAYS = 36_500
MOST_VALUES = 500


@dataclass(frozen=True)
class Asked:
    """One condition: a field at the end of `prefix`, what is asked of it, and by whom."""

    field: Field
    prefix: str
    value: Any
    actor: Actor
    is_rule: bool = False
    """The company's own word, which may name what the reader does not see."""

    @property
    def parsed(self) -> Any:
        return self._open([parsed(self.field, self.value)])[0]

    @property
    def values(self) -> list[Any]:
        if not isinstance(self.value, list) or not self.value:
            raise ValidationError("Give a list of values.")
        if len(self.value) > MOST_VALUES:
            raise ValidationError(f"Give at most {MOST_VALUES} values.")
        found: list[Any] = []
        for one in self.value:
            value = parsed(self.field, one)
            found += value if self.field.is_many else [value]
        return self._open(found)

    def _open(self, values: list[Any]) -> list[Any]:
        """Records that the actor may not see count as nobody: who guesses an id learns nothing from the answer."""
        target = type_of(self.field.target) if isinstance(self.field, Relation) and not self.is_rule else None
        seen = sight(self.actor, target) if target else None
        if target is None or seen is None:
            return values
        known = set(target.model._default_manager.filter(seen, pk__in=values).values_list("pk", flat=True))
        return [value if value in known else NOBODY for value in values]

    @property
    def words(self) -> str:
        if not isinstance(self.value, str) or not self.value or "\x00" in self.value:
            raise ValidationError("Give some text.")
        return self.value

    @property
    def days(self) -> int:
        text = str(self.value)
        if isinstance(self.value, bool) or not text.isascii() or not text.isdecimal() or int(text) > MOST_DAYS:
            raise ValidationError("Give a number of days.")
        return int(text)

    def find(self, lookup: str, value: Any) -> Q:
        return self.field.find(self.prefix, lookup, value)


def parsed(field: Field, value: Any) -> Any:
    """A value as the field compares it. Raises ValidationError."""
    if value is None or value == "":
        raise ValidationError("Give a value.")
    if isinstance(field, Relation):
        return _uuid(value)
    return field.checked(value)


def _uuid(value: Any) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise ValidationError("Give the id of a record.") from error


def _between(asked: Asked) -> Q:
    values = asked.values
    if len(values) != 2:
        raise ValidationError("Give two values: from and to.")
    return asked.find("gte", values[0]) & asked.find("lte", values[1])


def _not(asked: Asked, condition: Q) -> Q:
    """The opposite, where a missing value counts as not."""
    return ~condition | asked.field.is_empty(asked.prefix)


# Time


def _start(day: date, field: Field) -> Any:
    """A day as the field compares it: itself, or its first moment in the reader's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min)) if field.kind == "datetime" else day


def _now(field: Field) -> Any:
    return timezone.now() if field.kind == "datetime" else timezone.localdate()


def _days_from(asked: Asked, first: date, after_last: date) -> Q:
    return asked.find("gte", _start(first, asked.field)) & asked.find("lt", _start(after_last, asked.field))


def _during(asked: Asked) -> Q:
    if asked.value not in PERIODS:
        raise ValidationError(f"Give one of: {', '.join(PERIODS)}.")
    return _days_from(asked, *PERIODS[str(asked.value)](timezone.localdate()))


def _last_days(asked: Asked) -> Q:
    """From the beginning of that day until now."""
    first = timezone.localdate() - timedelta(days=asked.days)
    return asked.find("gte", _start(first, asked.field)) & asked.find("lte", _now(asked.field))


def _next_days(asked: Asked) -> Q:
    """From now until the end of that day."""
    after_last = timezone.localdate() + timedelta(days=asked.days + 1)
    return asked.find("gte", _now(asked.field)) & asked.find("lt", _start(after_last, asked.field))


def _older(asked: Asked) -> Q:
    return asked.find("lt", _start(timezone.localdate() - timedelta(days=asked.days), asked.field))


def _month(day: date, months: int) -> date:
    """The first of the month so many months away."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _span(days: int, offset: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today + timedelta(days=offset), today + timedelta(days=offset + days))


def _week(offset: int) -> Callable[[date], tuple[date, date]]:
    """Weeks begin on Monday."""
    return lambda today: (
        today - timedelta(days=today.weekday() - 7 * offset),
        today - timedelta(days=today.weekday() - 7 * (offset + 1)),
    )


def _months(length: int, offset: int) -> Callable[[date], tuple[date, date]]:
    """Stretches of `length` months counted from January."""

    def period(today: date) -> tuple[date, date]:
        back = (today.month - 1) % length
        return _month(today, offset * length - back), _month(today, (offset + 1) * length - back)

    return period


PERIODS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": _span(1, 0), "yesterday": _span(1, -1), "tomorrow": _span(1, 1),
    "this_week": _week(0), "last_week": _week(-1), "next_week": _week(1),
    "this_month": _months(1, 0), "last_month": _months(1, -1), "next_month": _months(1, 1),
    "this_quarter": _months(3, 0), "last_quarter": _months(3, -1), "next_quarter": _months(3, 1),
    "this_year": _months(12, 0), "last_year": _months(12, -1), "next_year": _months(12, 1),
}  # fmt: skip


# People


def _me(asked: Asked) -> Q:
    return asked.field.equals(asked.prefix, asked.actor.user_id) if asked.actor.user_id else Q(pk__in=[])


def _my_team(asked: Asked) -> Q:
    """Whoever shares a team with the actor, the actor too; for team fields, the actor's teams."""
    field, user_id = asked.field, asked.actor.user_id
    assert isinstance(field, Relation)
    rows = field.target._default_manager
    if field.kind == "team":
        found = rows.filter(memberships__user=user_id)
    else:
        found = rows.filter(Q(memberships__team__memberships__user=user_id) | Q(pk=user_id))
    if field.is_custom:
        return field.one_of(asked.prefix, list(found.values_list("pk", flat=True))) or Q(pk__in=[])
    return asked.find("in", found.values("pk"))


OPERATORS: dict[str, Callable[[Asked], Q]] = {
    "is": lambda a: a.field.equals(a.prefix, a.parsed),
    "is_not": lambda a: a.field.differs(a.prefix, a.parsed),
    "contains": lambda a: a.find("icontains", a.words),
    "not_contains": lambda a: _not(a, a.find("icontains", a.words)),
    "starts_with": lambda a: a.find("istartswith", a.words),
    "gt": lambda a: a.find("gt", a.parsed),
    "gte": lambda a: a.find("gte", a.parsed),
    "lt": lambda a: a.find("lt", a.parsed),
    "lte": lambda a: a.find("lte", a.parsed),
    "between": _between,
    "in": lambda a: a.field.one_of(a.prefix, a.values),
    "not_in": lambda a: a.field.none_of(a.prefix, a.values),
    "has_any": lambda a: a.field.one_of(a.prefix, a.values),
    "has_all": lambda a: a.field.has_all(a.prefix, a.values),  # type: ignore[attr-defined]
    "has_none": lambda a: a.field.none_of(a.prefix, a.values),
    "empty": lambda a: a.field.is_empty(a.prefix),
    "not_empty": lambda a: ~a.field.is_empty(a.prefix),
    "during": _during,
    "in_last_days": _last_days,
    "in_next_days": _next_days,
    "older_than_days": _older,
    "me": _me,
    "my_team": _my_team,
}
