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


class ConfidentialField(models.TextField):  # type: ignore[type-arg]
    """A text that is kept encrypted; only companies' own fields have it."""

    is_confidential = True


class RichTextField(models.TextField):  # type: ignore[type-arg]
    """HTML of a few harmless tags."""

    is_rich = True


class DecimalNumberField(models.DecimalField):  # type: ignore[type-arg]
    """A number with places that is no amount of money."""

    is_plain_decimal = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class AddressField(models.JSONField):
    """A postal address in its parts."""

    is_address = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)


class ExternalIdField(models.CharField):  # type: ignore[type-arg]
    """A record's name in another system: unique among the records of a type that have one.

    `unique=True` would build two indexes, and count the records that have none; so the
    field brings a constraint of its own into each table.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 120
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if cls.__module__ == "__fake__":  # a model of a migration's past: its operations say what it has
            return
        constraint = models.UniqueConstraint(
            fields=[name],
            name=f"{cls._meta.model_name}_{name}_once",
            condition=models.Q(**{f"{name}__isnull": False}),
            violation_error_message="Another record has this external id.",
        )
        known = [one.name for one in cls._meta.constraints]
        if not cls._meta.abstract and constraint.name not in known:
            cls._meta.constraints = [*cls._meta.constraints, constraint]
            # Migrations look here for what a model's Meta says.
            cls._meta.original_attrs["constraints"] = cls._meta.constraints
