"""Field objects: what the house knows of one field, whatever it is stored in.

Made from a Django model field by `describe`. A field parses input, sorts,
filters, and speaks to forms and the API; how it looks in a cell is in `cells`.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from tenants.kernel.names import is_currency
from tenants.records.locale import company_country, typed_number

TEXT_OPERATORS = ("is", "is_not", "contains", "starts_with", "empty", "not_empty")
ORDER_OPERATORS = ("is", "is_not", "gt", "gte", "lt", "lte", "between", "empty", "not_empty")
CHOICE_OPERATORS = ("is", "is_not", "in", "not_in", "empty", "not_empty")


class Field:
    """One field of a record type. `path` is its ORM look-up, `name` what the outside calls it."""

    kind: ClassVar[str] = "text"
    operators: ClassVar[tuple[str, ...]] = TEXT_OPERATORS
    api_type: ClassVar[Any] = str
    is_numeric: ClassVar[bool] = False

    def __init__(self, source: "models.Field[Any, Any]") -> None:
        self.source = source
        self.name = self.path = self.sort_path = source.name
        self.label = str(source.verbose_name)[:1].upper() + str(source.verbose_name)[1:]
        self.help_text = str(source.help_text)
        self.is_read_only = not source.editable or isinstance(source, models.GeneratedField)
        self.is_required = not (source.blank or source.null or source.has_default() or self.is_read_only)
        self.is_nullable = source.null
        self.max_length = getattr(source, "max_length", None)

    def value(self, record: models.Model) -> Any:
        return getattr(record, self.name)

    def parse(self, raw: Any) -> Any:
        """Outside to inside; None or "" for empty. Raises ValidationError with words for a person."""
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if self.is_required:
                raise ValidationError(_("Fill this in."))
            return None if self.is_nullable else self.empty
        return self.checked(raw)

    @property
    def empty(self) -> Any:
        return ""

    def checked(self, raw: Any) -> Any:
        text = str(raw).strip() if self.kind != "long_text" else str(raw)
        if "\x00" in text:
            raise ValidationError(_("Remove the zero byte."))
        if self.max_length and len(text) > self.max_length:
            raise ValidationError(
                _("Use at most %(most)d characters; this has %(now)d.") % {"most": self.max_length, "now": len(text)}
            )
        return text

    def to_api(self, record: models.Model) -> Any:
        return self.value(record)

    def api_of(self, value: Any) -> Any:
        """A plain value as history and events keep it: JSON types only."""
        return value if value is None or isinstance(value, bool | int | str) else str(value)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, max_length=self.max_length, **self.form_words)

    @property
    def form_words(self) -> dict[str, Any]:
        return {"label": self.label, "help_text": self.help_text}


class LongText(Field):
    kind = "long_text"

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.Textarea, **self.form_words)


class Email(Field):
    kind = "email"

    def checked(self, raw: Any) -> str:
        text = super().checked(raw).lower()
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValidationError(_("Write an e-mail address, like name@example.com.")) from error
        return str(text)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.EmailInput, **self.form_words)


class Phone(Field):
    """Kept as E.164; a number without + is read as one of the company's country."""

    kind = "phone"

    def checked(self, raw: Any) -> str:
        try:
            number = phonenumbers.parse(str(raw), company_country())
        except phonenumbers.NumberParseException as error:
            raise ValidationError(_("Write a phone number with its country code, like +91 98200 11842.")) from error
        if not phonenumbers.is_possible_number(number):
            raise ValidationError(_("This number is too short or too long for its country."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.TextInput({"type": "tel"}), **self.form_words)


class Currency(Field):
    kind = "currency"

    def checked(self, raw: Any) -> str:
        code = str(raw).strip().upper()
        if not is_currency(code):
            raise ValidationError(_("Write a three-letter currency code, like INR or EUR."))
        return code


class Url(Field):
    kind = "url"

    def checked(self, raw: Any) -> str:
        text = str(super().checked(raw))
        text = text if "://" in text else f"https://{text}"
        if not text.startswith(("http://", "https://")) or " " in text:
            raise ValidationError(_("Write a web address, like https://example.com."))
        return text


class Number(Field):
    kind = "number"
    operators = ORDER_OPERATORS
    api_type = int
    is_numeric = True

    @property
    def empty(self) -> Any:
        return self.source.get_default()

    def checked(self, raw: Any) -> Any:
        typed = typed_number(raw)
        if typed is None or typed != typed.to_integral_value():
            raise ValidationError(_("Write a whole number."))
        value = int(typed)
        if not -(2**31) <= value < 2**31:
            raise ValidationError(_("This number is too large."))
        self.source.run_validators(value)
        return value

    def form_field(self) -> forms.Field:
        return forms.CharField(
            required=self.is_required, widget=forms.TextInput({"inputmode": "numeric"}), **self.form_words
        )


class Percent(Number):
    kind = "percent"


class Money(Field):
    """A Decimal; its currency stands in the record's `currency`."""

    kind = "money"
    operators = ORDER_OPERATORS
    api_type = Decimal
    is_numeric = True

    @property
    def empty(self) -> Any:
        return self.source.get_default()

    def checked(self, raw: Any) -> Decimal:
        value = typed_number(raw)
        if value is None:
            raise ValidationError(_("Write an amount, like 1840000 or 99.50."))
        if abs(value) >= Decimal(10) ** (self.source.max_digits - self.source.decimal_places):  # type: ignore[attr-defined]
            raise ValidationError(_("This amount is too large."))
        return value.quantize(Decimal(1).scaleb(-self.source.decimal_places))  # type: ignore[attr-defined]

    def form_field(self) -> forms.Field:
        return forms.CharField(
            required=self.is_required, widget=forms.TextInput({"inputmode": "decimal"}), **self.form_words
        )


class Date(Field):
    kind = "date"
    operators = (*ORDER_OPERATORS, "in_last_days", "in_next_days")
    api_type = date

    def checked(self, raw: Any) -> date:
        found = raw if isinstance(raw, date) else _quietly(parse_date, str(raw))
        if not isinstance(found, date):
            raise ValidationError(_("Write a date as year-month-day, like 2026-11-30."))
        return found

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.DateInput({"type": "date"}), **self.form_words)


class DateTime(Field):
    kind = "datetime"
    operators = (*ORDER_OPERATORS, "in_last_days", "in_next_days")
    api_type = datetime

    def checked(self, raw: Any) -> datetime:
        found = raw if isinstance(raw, datetime) else _quietly(parse_datetime, str(raw))
        if not isinstance(found, datetime):
            raise ValidationError(_("Write a date and time, like 2026-11-30T15:00."))
        return found if timezone.is_aware(found) else timezone.make_aware(found)

    def form_field(self) -> forms.Field:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return forms.CharField(required=self.is_required, widget=widget, **self.form_words)


def _quietly(parser: Callable[[str], Any], text: str) -> Any:
    """Django's parsers answer None for strange text but raise for a 31st of February."""
    try:
        return parser(text)
    except ValueError:
        return None


class Boolean(Field):
    kind = "boolean"
    operators = ("is", "is_not")
    api_type = bool
    WORDS: ClassVar = {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
    }

    @property
    def empty(self) -> Any:
        return False

    def checked(self, raw: Any) -> bool:
        found = self.WORDS.get(str(raw).strip().lower())
        if found is None:
            raise ValidationError(_("Answer yes or no."))
        return found

    def form_field(self) -> forms.Field:
        return forms.BooleanField(required=False, **self.form_words)


class Select(Field):
    kind = "select"
    operators = CHOICE_OPERATORS

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in self.source.flatchoices]

    @property
    def empty(self) -> Any:
        return self.source.get_default() or ""

    def checked(self, raw: Any) -> str:
        text = str(raw).strip()
        if text not in dict(self.choices):
            known = ", ".join(value for value, _label in self.choices)
            raise ValidationError(_("Choose one of: %(known)s.") % {"known": known})
        return text

    def text(self, value: Any) -> str:
        return dict(self.choices).get(str(value), "")

    def form_field(self) -> forms.Field:
        choices = self.choices if self.is_required else [("", "—"), *self.choices]
        return forms.CharField(required=self.is_required, widget=forms.Select(choices=choices), **self.form_words)


class Uuid(Field):
    """An id that points somewhere without a relation."""

    kind = "uuid"
    operators = ("is", "is_not", "empty", "not_empty")
    api_type = UUID

    def checked(self, raw: Any) -> UUID:
        try:
            return UUID(str(raw))
        except ValueError as error:
            raise ValidationError(_("Give an id, like 01890a5d-ac96-774b-bcce-b302099a8057.")) from error


class Relation(Field):
    """Another record, by id. `target` is the model; its title is what people see and sort by."""

    kind = "relation"
    operators: ClassVar[tuple[str, ...]] = CHOICE_OPERATORS
    api_type = UUID

    def __init__(self, source: "models.ForeignKey[Any, Any]") -> None:
        super().__init__(source)
        self.target: type[models.Model] = source.related_model
        self.sort_path = f"{source.name}__{getattr(self.target, 'title_field', 'name')}"

    @property
    def id_name(self) -> str:
        return f"{self.name}_id"

    def options(self) -> "models.QuerySet[Any]":
        """Rows to choose from, those of `visible_to` when the target is a record type."""
        from tenants.records.queries import options_for  # fields are below queries

        return options_for(self.target)

    def checked(self, raw: Any) -> models.Model:
        if isinstance(raw, self.target):
            return raw
        try:
            wanted = UUID(str(raw))
        except ValueError as error:
            raise ValidationError(_("Give the id of one of them.")) from error
        found: models.Model | None = self.options().filter(pk=wanted).first()
        if not found:
            raise ValidationError(_("There is none with this id."))
        return found

    def to_api(self, record: models.Model) -> Any:
        return getattr(record, self.source.attname)

    def api_of(self, value: Any) -> Any:
        return {"id": str(value.pk), "name": str(value)} if value else None

    def form_field(self) -> forms.Field:
        return forms.CharField(required=self.is_required, widget=forms.Select, **self.form_words)


class Person(Relation):
    """A user of the company."""

    kind = "user"
    operators: ClassVar[tuple[str, ...]] = (*CHOICE_OPERATORS, "me")


MAKERS: list[tuple[Callable[[Any], bool], type[Field]]] = [
    (lambda f: isinstance(f, models.ForeignKey) and f.related_model._meta.label == "identity.User", Person),
    (lambda f: isinstance(f, models.ForeignKey), Relation),
    (lambda f: bool(f.choices), Select),
    (lambda f: isinstance(f, models.EmailField), Email),
    (lambda f: isinstance(f, models.URLField), Url),
    (lambda f: getattr(f, "is_phone", False), Phone),
    (lambda f: getattr(f, "is_currency", False), Currency),
    (lambda f: isinstance(f, models.TextField), LongText),
    (lambda f: isinstance(f, models.BooleanField), Boolean),
    (lambda f: isinstance(f, models.DecimalField), Money),
    (lambda f: isinstance(f, models.DateTimeField), DateTime),
    (lambda f: isinstance(f, models.DateField), Date),
    (lambda f: getattr(f, "is_percent", False), Percent),
    (lambda f: isinstance(f, models.IntegerField), Number),
    (lambda f: isinstance(f, models.UUIDField), Uuid),
    (lambda f: isinstance(f, models.CharField | models.GeneratedField), Field),
]


def describe(source: "models.Field[Any, Any]") -> Field | None:
    """The field object for a model field; None for what the house does not show."""
    return next((maker(source) for fits, maker in MAKERS if fits(source)), None)
