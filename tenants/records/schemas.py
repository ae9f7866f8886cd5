"""API shapes made from record types, so that OpenAPI says exactly what is taken and given."""

from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, create_model

from tenants.records.fields import Field as RecordField
from tenants.records.fields import Relation, Select
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.registry import RecordType


class Ref(Schema):
    """Another record or user."""

    id: UUID
    name: str


class Problem(Schema):
    """RFC 9457 problem: what went wrong, where, and how to mend it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    field: str = ""
    fix: str = ""
    errors: dict[str, list[str]] = Field(default_factory=dict)
    request_id: str = ""


class ListIn(Schema):
    """What a list may be asked."""

    q: str = Field("", max_length=200, description="Quick search")
    filter: str = Field("", description="Filter tree as JSON")
    sort: str = Field("", description="Field name, with - in front for falling")
    cursor: str = Field("", description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)
    with_total: bool = Field(False, description="Count all rows too")


class NoteIn(Schema):
    record_type: str
    record_id: UUID
    body: str = Field(max_length=20_000)


class NoteOut(Schema):
    id: UUID
    record_type: str
    record_id: UUID
    body: str
    author_name: str
    created_at: Any


def out_schema(record_type: RecordType) -> type[Schema]:
    """A record as the API gives it."""
    shapes: dict[str, Any] = {"id": (UUID, ...), "version": (int, ...)}
    for name, field in record_type.fields.items():
        shapes[name] = (_out_type(field), None if field.is_nullable or isinstance(field, Relation) else ...)
    return create_model(f"{record_type.model.__name__}Out", __base__=Schema, **shapes)


def _out_type(field: RecordField) -> Any:
    if isinstance(field, Relation):
        return Ref | None
    return field.api_type | None if field.is_nullable else field.api_type


def in_schema(record_type: RecordType, *, is_patch: bool) -> type[Schema]:
    """Writable fields; in a patch all may be left out. Unknown fields are refused."""
    shapes: dict[str, Any] = {}
    for name in record_type.writable:
        field = record_type.fields[name]
        is_needed = field.is_required and not is_patch
        shapes[name] = (_in_type(field), ...) if is_needed else (_in_type(field) | None, None)
    base = "Patch" if is_patch else "In"
    strict = type("Strict", (Schema,), {"model_config": ConfigDict(extra="forbid")})
    return create_model(f"{record_type.model.__name__}{base}", __base__=strict, **shapes)


def _in_type(field: RecordField) -> Any:
    if isinstance(field, Select):
        return Literal[tuple(value for value, _label in field.choices)]
    return field.api_type


def page_schema(record_type: RecordType, item: type[Schema]) -> type[Schema]:
    return create_model(
        f"{record_type.model.__name__}Page",
        __base__=Schema,
        items=(list[item], ...),  # type: ignore[valid-type]
        next=(str | None, None),
        total=(int | None, None),
    )


def to_api(record_type: RecordType, record: Any) -> dict[str, Any]:
    """The values of `out_schema` for one record."""
    values: dict[str, Any] = {"id": record.pk, "version": record.version}
    for name, field in record_type.fields.items():
        if isinstance(field, Relation):
            target = field.value(record) if field.to_api(record) else None
            values[name] = {"id": target.pk, "name": str(target)} if target else None
        else:
            values[name] = field.to_api(record)
    return values
