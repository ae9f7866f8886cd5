"""Numbers, parts of a hundred, money."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import DecimalField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from tenants.records.fields.base import ORDER_OPERATORS, Field
from tenants.records.locale import typed_number

SORTED_AS: "DecimalField[Any, Any]" = DecimalField(max_digits=40, decimal_places=10)
LARGEST = 2**31


class Amount(Field):
    """What numbers have in common: they compare as numbers, in columns and in `custom`."""

    operators = ORDER_OPERATORS
    is_numeric = True
    ignores_case = False

    @property
    def empty(self) -> Any:
        return self.source.get_default()

    def cast(self, text: Any) -> Any:
        return Cast(text, SORTED_AS)

    def index_expression(self) -> Any:
        return self.expression()

    def comparable(self, value: Any) -> Any:
        return Decimal(value)

    def form_field(self) -> forms.Field:
        mode = "numeric" if self.api_type is int else "decimal"
        return forms.CharField(
            required=self.is_required, widget=forms.TextInput({"inputmode": mode}), **self.form_words
        )


class Number(Amount):
    kind = "number"
    api_type = int

    def checked(self, raw: Any) -> Any:
        typed = typed_number(raw)
        if typed is None or typed != typed.to_integral_value():
            raise ValidationError(_("Write a whole number."))
        value = int(typed)
        if not -LARGEST <= value < LARGEST:
            raise ValidationError(_("This number is too large."))
        self.source.run_validators(value)
        return value


class Percent(Number):
    kind = "percent"


class Exact(Amount):
    """A Decimal with a fixed number of places."""

    api_type = Decimal

    @property
    def places(self) -> int:
        return int(self.source.decimal_places)  # type: ignore[attr-defined]

    def stored(self, value: Any) -> Any:
        return f"{Decimal(value):f}"

    def loaded(self, stored: Any, record: Any) -> Any:
        return None if stored is None else Decimal(stored)

    def shown(self, record: Any) -> Any:
        value = self.value(record)
        return None if value is None else f"{value.normalize():f}"

    def checked(self, raw: Any) -> Decimal:
        value = typed_number(raw)
        if value is None:
            raise ValidationError(_("Write an amount, like 1840000 or 99.50."))
        if abs(value) >= Decimal(10) ** (self.source.max_digits - self.places):  # type: ignore[attr-defined]
            raise ValidationError(_("This amount is too large."))
        return value.quantize(Decimal(1).scaleb(-self.places))


class DecimalNumber(Exact):
    kind = "decimal"


class Money(Exact):
    """A Decimal; its currency stands in the record's `currency`, else it is the company's."""

    kind = "money"
