"""From a company's definition of a field to the field object that speaks for it."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.records import model_fields
from tenants.records.fields import Confidential, Field, describe
from tenants.records.models import CustomField

TEXT_LENGTH = 255
PLACES = 2
CONFIDENTIAL = Confidential.kind
CONFIDENTIAL_LENGTH = 1_000


def _relation(label: str) -> Callable[[CustomField, dict[str, Any]], Any]:
    return lambda d, words: models.ForeignKey(
        apps.get_model(label), models.SET_NULL, **words | {"null": words["blank"]}
    )


def _to_type(definition: CustomField, words: dict[str, Any]) -> Any:
    from tenants.records.registry import type_named  # record types ask us for their fields

    target = type_named(definition.options.get("target", "")).model
    return models.ForeignKey(target, models.SET_NULL, null=words["blank"], **words)


def _choices(definition: CustomField) -> list[tuple[str, str]]:
    return [(one["value"], one["label"]) for one in definition.options.get("choices", [])]


def _word(**more: Any) -> Callable[[CustomField, dict[str, Any]], Any]:
    return lambda d, words: models.CharField(max_length=TEXT_LENGTH, **words, **more)


def _of(kind: Callable[..., Any]) -> Callable[[CustomField, dict[str, Any]], Any]:
    return lambda d, words: kind(**words)


def _places(definition: CustomField) -> int:
    return int(definition.options.get("places", PLACES))


KINDS: dict[str, tuple[Any, Callable[[CustomField, dict[str, Any]], Any]]] = {
    "text": (_("Text"), _word()),
    "long_text": (_("Long text"), _of(models.TextField)),
    "rich_text": (_("Formatted text"), _of(model_fields.RichTextField)),
    CONFIDENTIAL: (
        _("Confidential text"),
        lambda d, w: model_fields.ConfidentialField(max_length=CONFIDENTIAL_LENGTH, **w | {"blank": True}),
    ),
    "number": (_("Whole number"), _of(models.IntegerField)),
    "decimal": (_("Decimal number"), lambda d, w: model_fields.DecimalNumberField(decimal_places=_places(d), **w)),
    "money": (_("Money"), _of(model_fields.MoneyField)),
    "percent": (_("Per cent"), _of(model_fields.PercentField)),
    "date": (_("Date"), _of(models.DateField)),
    "datetime": (_("Date and time"), _of(models.DateTimeField)),
    "boolean": (_("Yes or no"), _of(models.BooleanField)),
    "select": (_("One of a list"), lambda d, w: models.CharField(max_length=TEXT_LENGTH, choices=_choices(d), **w)),
    "multi_select": (
        _("Several of a list"),
        lambda d, w: ArrayField(models.CharField(max_length=TEXT_LENGTH, choices=_choices(d)), **w),
    ),
    "tags": (_("Tags"), lambda d, w: ArrayField(models.CharField(max_length=60), **w)),
    "user": (_("Person of the team"), _relation("identity.User")),
    "team": (_("Team"), _relation("identity.Team")),
    "relation": (_("Another record"), _to_type),
    "email": (_("E-mail"), _of(models.EmailField)),
    "phone": (_("Phone"), _of(model_fields.PhoneField)),
    "url": (_("Web address"), lambda d, w: models.URLField(max_length=TEXT_LENGTH, **w)),
    "address": (_("Postal address"), _of(model_fields.AddressField)),
    "file": (_("File"), _relation("records.File")),
    "json": (_("JSON"), _of(models.JSONField)),
}


def field_of(definition: CustomField) -> Field:
    """The field object of a definition. Raises NotFound when what it points at is gone."""
    words = {"verbose_name": definition.label, "help_text": definition.help_text, "blank": not definition.is_required}
    source = KINDS[definition.kind][1](definition, words)
    source.set_attributes_from_name(definition.key)
    found = describe(source, key=definition.key)
    assert found
    found.label = definition.label
    return found
