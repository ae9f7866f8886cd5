"""Reads of a company's own fields."""

from uuid import UUID

from django.db.models import QuerySet

from tenants.kernel.errors import NotFound
from tenants.records.models import CustomField
from tenants.records.registry import RecordType


def definitions_of(record_type: RecordType, *, with_retired: bool = True) -> "QuerySet[CustomField]":
    rows = CustomField.objects.filter(record_type=record_type.name)
    return rows if with_retired else rows.filter(retired_at=None)


def definition_for(field_id: UUID) -> CustomField:
    found = CustomField.objects.filter(pk=field_id).first()
    if not found:
        raise NotFound("There is no such field.")
    return found
