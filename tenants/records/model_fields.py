"""Model fields of ours, where Django has no word for the kind."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models


class PhoneField(models.CharField):  # type: ignore[type-arg]
    """A phone number as E.164: + and at most 15 digits."""

    is_phone = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 20
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class CurrencyField(models.CharField):  # type: ignore[type-arg]
    """An ISO 4217 code."""

    is_currency = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 3
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs


class PercentField(models.PositiveSmallIntegerField):  # type: ignore[type-arg]
    """A whole number from 0 to 100."""

    is_percent = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("validators", [MaxValueValidator(100)])
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount with four decimals, enough for every currency and for unit prices."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)
