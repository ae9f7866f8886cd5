"""A company's own fields for programs: /api/v1/fields."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.api import REFUSALS
from tenants.records.custom import actions
from tenants.records.custom.queries import definition_for, definitions_of
from tenants.records.models import CustomField
from tenants.records.queries import require
from tenants.records.registry import type_named
from tenants.records.schemas import Strict

fields = Router(tags=["Fields"])


class CustomFieldOut(Schema):
    """`name` is what filters, sorts and columns call the field; `key` its place in `custom`."""

    id: UUID
    record_type: str
    key: str
    name: str
    label: str
    kind: str
    options: dict[str, Any]
    help_text: str
    is_required: bool
    is_indexed: bool
    retired_at: datetime | None

    @staticmethod
    def resolve_name(field: CustomField) -> str:
        return f"custom.{field.key}"


class CustomFieldPatch(Strict):
    label: str = Field("", max_length=80)
    help_text: str = Field("", max_length=200)
    options: dict[str, Any] = Field(default_factory=dict, description="choices, target or places, as the kind needs")
    is_required: bool = False
    is_indexed: bool = True


class CustomFieldIn(CustomFieldPatch):
    record_type: str = Field(max_length=40)
    kind: str = Field(max_length=16)
    key: str = Field("", max_length=40)


@fields.get("", response={200: list[CustomFieldOut], **REFUSALS}, operation_id="list_fields")
def list_fields(request: HttpRequest, record_type: str) -> Any:
    """All own fields of a record type, retired ones too."""
    found = type_named(record_type)
    require(context.actor(), "view", found.name)
    return definitions_of(found)


@fields.post("", response={201: CustomFieldOut, **REFUSALS}, operation_id="create_field")
def create_field(request: HttpRequest, body: CustomFieldIn) -> Any:
    values = body.model_dump() | {"record_type": type_named(body.record_type)}
    return Status(201, actions.create_custom_field(**values, by=context.actor()))


@fields.patch("/{uuid:field_id}", response={200: CustomFieldOut, **REFUSALS}, operation_id="update_field")
def update_field(request: HttpRequest, field_id: UUID, body: CustomFieldPatch) -> Any:
    values = body.model_dump(exclude_unset=True)
    return actions.update_custom_field(field=definition_for(field_id), by=context.actor(), **values)


@fields.delete("/{uuid:field_id}", response={204: None, **REFUSALS}, operation_id="retire_field")
def retire_field(request: HttpRequest, field_id: UUID) -> HttpResponse:
    """Takes the field out of sight; its values stay and come back with it."""
    actions.retire_custom_field(field=definition_for(field_id), by=context.actor())
    return HttpResponse(status=204)


@fields.post("/{uuid:field_id}/restore", response={200: CustomFieldOut, **REFUSALS}, operation_id="restore_field")
def restore_field(request: HttpRequest, field_id: UUID) -> Any:
    found = definition_for(field_id)
    actions.revive_custom_field(field=found, by=context.actor())
    return found
