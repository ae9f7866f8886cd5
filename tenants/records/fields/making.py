"""From a model field to the field object that speaks for it."""

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.records.fields import choices, confidential, links, moments, numbers, shapes, text
from tenants.records.fields.base import Field


def _points_at(label: str) -> Callable[[Any], bool]:
    return lambda f: isinstance(f, models.ForeignKey) and f.related_model._meta.label == label


MAKERS: list[tuple[Callable[[Any], bool], type[Field]]] = [
    (_points_at("identity.User"), links.Person),
    (_points_at("identity.Team"), links.TeamLink),
    (_points_at("records.File"), links.FileLink),
    (lambda f: isinstance(f, models.ForeignKey), links.Relation),
    (lambda f: isinstance(f, ArrayField) and bool(f.base_field.choices), choices.MultiSelect),
    (lambda f: isinstance(f, ArrayField), choices.Tags),
    (lambda f: bool(f.choices), choices.Select),
    (lambda f: isinstance(f, models.EmailField), text.Email),
    (lambda f: isinstance(f, models.URLField), text.Url),
    (lambda f: getattr(f, "is_phone", False), text.Phone),
    (lambda f: getattr(f, "is_currency", False), text.Currency),
    (lambda f: getattr(f, "is_rich", False), text.RichText),
    (lambda f: getattr(f, "is_confidential", False), confidential.Confidential),
    (lambda f: isinstance(f, models.TextField), text.LongText),
    (lambda f: isinstance(f, models.BooleanField), choices.Boolean),
    (lambda f: getattr(f, "is_plain_decimal", False), numbers.DecimalNumber),
    (lambda f: isinstance(f, models.DecimalField), numbers.Money),
    (lambda f: isinstance(f, models.DateTimeField), moments.DateTime),
    (lambda f: isinstance(f, models.DateField), moments.Date),
    (lambda f: getattr(f, "is_percent", False), numbers.Percent),
    (lambda f: isinstance(f, models.IntegerField), numbers.Number),
    (lambda f: isinstance(f, models.UUIDField), links.Uuid),
    (lambda f: getattr(f, "is_address", False), shapes.Address),
    (lambda f: isinstance(f, models.JSONField), shapes.Json),
    (lambda f: isinstance(f, models.CharField | models.GeneratedField), Field),
]


def describe(source: "models.Field[Any, Any]", *, key: str = "") -> Field | None:
    """The field object for a model field; None for what the house does not show.

    With a `key` it speaks for a company's own field of that key.
    """
    return next((maker(source, key=key) for fits, maker in MAKERS if fits(source)), None)
