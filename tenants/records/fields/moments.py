"""Days and moments. In `custom` they are ISO text, moments in UTC: text that sorts as time does."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from tenants.records.fields.base import ORDER_OPERATORS, Field

TIME_OPERATORS = (*ORDER_OPERATORS, "during", "in_last_days", "in_next_days", "older_than_days")


class Moment(Field):
    operators = TIME_OPERATORS
    ignores_case = False

    def index_expression(self) -> Any:
        return self.expression()

    @property
    def empty(self) -> Any:
        return None


class Date(Moment):
    kind = "date"
    api_type = date

    def stored(self, value: Any) -> Any:
        return value.isoformat()

    def loaded(self, stored: Any, record: Any) -> Any:
        return date.fromisoformat(stored) if stored else None

    def checked(self, raw: Any) -> date:
        found = raw if isinstance(raw, date) else _quietly(parse_date, str(raw))
        if not isinstance(found, date):
            raise ValidationError(_("Write a date as year-month-day, like 2026-11-30."))
        return found

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.DateInput({"type": "date"}), **self.form_words)


class DateTime(Moment):
    """A moment; without an offset it is read in the time zone of whoever writes."""

    kind = "datetime"
    api_type = datetime

    def stored(self, value: Any) -> Any:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def loaded(self, stored: Any, record: Any) -> Any:
        return datetime.fromisoformat(stored) if stored else None

    def checked(self, raw: Any) -> datetime:
        found = raw if isinstance(raw, datetime) else _quietly(parse_datetime, str(raw))
        if not isinstance(found, datetime):
            raise ValidationError(_("Write a date and time, like 2026-11-30T15:00."))
        if timezone.is_aware(found):
            return _in_range(found)
        return _in_range(timezone.make_aware(found))

    def shown(self, record: Any) -> Any:
        value = self.value(record)
        return timezone.localtime(value) if value else None

    def form_field(self) -> forms.Field:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.CharField(required=self.is_required, widget=widget, **self.form_words)


def _in_range(moment: datetime) -> datetime:
    """The years at both ends leave the calendar in some time zone."""
    if not 2 <= moment.year <= 9998:
        raise ValidationError(_("Write a date between the years 2 and 9998."))
    return moment


def _quietly(parser: Callable[[str], Any], text: str) -> Any:
    """Django's parsers answer None for strange text but raise for a 31st of February."""
    try:
        return parser(text)
    except ValueError:
        return None
