"""Rows of any record type, filled from its model: what a test of all types needs."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from django.db import models
from django.utils import timezone

from tenants.identity.models import User
from tenants.records.fields import describe
from tenants.records.registry import RecordType

_numbers = count(1_000)
SAMPLES: dict[str, Any] = {
    "email": "p{}@filling.example", "url": "https://filling.example/{}", "phone": "+9198200{:05}", "currency": "INR",
}  # fmt: skip


def add_rows(record_type: RecordType, many: int) -> list[Any]:
    """Rows whose relations all point somewhere, each at rows of its own, so that a query for each would show."""
    return [row_of(record_type.model) for _ in range(many)]


def row_of(model: type[models.Model], *, is_target: bool = False) -> Any:
    """One row; what another row points at has only what it must."""
    values = dict(_values(model, next(_numbers), is_target))
    return model._default_manager.create(**values)


def _values(model: type[models.Model], number: int, is_target: bool) -> Iterator[tuple[str, Any]]:
    for field in model._meta.concrete_fields:
        is_derived = isinstance(field, models.GeneratedField) or (field.null and not field.editable)
        if field.primary_key or field.has_default() or is_derived:
            continue
        if isinstance(field, models.ForeignKey):
            if not (field.null and (is_target or field.related_model is model)):
                yield field.name, _target(field.related_model)
        elif not field.null and not field.blank:
            yield field.name, _sample(field, number)


def _target(model: Any) -> Any:
    return User.objects.get(role__slug="owner") if model is User else row_of(model, is_target=True)


def _sample(field: Any, number: int) -> Any:
    if isinstance(field, models.DateTimeField):
        return timezone.now()
    if isinstance(field, models.DateField):
        return timezone.localdate()
    if isinstance(field, models.IntegerField | models.DecimalField):
        return number
    if field.choices:
        return field.choices[0][0]
    described = describe(field)
    sample = SAMPLES.get(described.kind if described else "", f"{field.name} {{}}")
    return sample.format(number)[: field.max_length]
