"""API shapes made from record types, so that OpenAPI says exactly what is taken and given."""

from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema

from tenants.records.exact import as_documented, with_times_written
from tenants.records.fields import Field as RecordField
from tenants.records.fields import MultiSelect, Relation, Select
from tenants.records.paging import MOST_ROWS, PAGE_SIZE
from tenants.records.registry import RecordType, type_of

MOST_IN_BATCH = 1000


class Asked(Schema):
    """What an address may ask. Times are written out; a bare number is none."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return with_times_written(handler(source))


class Strict(Schema):
    """A JSON body. What does not belong is refused, so that a misspelt field is not silently lost; so is `"0"` or 0
    where the document says true or false, and a number where it says a time.
    """

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return as_documented(handler(source))


class Ref(Schema):
    """Another record or user; with `expand`, all its fields."""

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


class ShapeIn(Schema):
    """Which fields to give."""

    fields: str = Field("", max_length=2000, description="Names of the fields to give, with commas; all unless given")
    expand: str = Field("", max_length=500, description="Relations to give as whole records, with commas")
    as_of: str = Field("", max_length=40, description="A moment of the past, like 2026-11-30T15:00:00Z: as it was then")


class ListIn(ShapeIn):
    """What a list may be asked."""

    q: str = Field("", max_length=200, description="Quick search")
    filter: str = Field("", max_length=20_000, description="Filter tree as JSON")
    sort: str = Field("", max_length=100, description="Field name, with - in front for falling")
    cursor: str = Field("", max_length=2000, description="`next` of the page before")
    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ROWS)
    with_total: bool = Field(False, description="Count all rows too")


class FieldOut(Schema):
    """One field of a record type, as the company has it."""

    name: str
    label: str
    kind: str
    help: str
    is_required: bool
    is_read_only: bool
    is_sortable: bool
    is_custom: bool
    operators: list[str]
    choices: list[dict[str, str]] | None = None
    target: str | None = None


class TypeOut(Schema):
    """A record type: what it is called, what it holds, what may be done with it."""

    name: str
    label: str
    title: str
    fields: list[FieldOut]
    verbs: list[str]


def out_schema(record_type: RecordType) -> type[Schema]:
    """A record as the API gives it. With `fields`, only those that were named."""
    shapes: dict[str, Any] = {
        "id": (UUID, ...), "version": (int, ...), "external_id": (str | None, None), "custom": (dict[str, Any], {}),
    }  # fmt: skip
    for name, field in record_type.own_fields.items():
        shapes[name] = (_out_type(field), None)
    return create_model(f"{record_type.model.__name__}Out", __base__=Schema, **shapes)


def _out_type(field: RecordField) -> Any:
    if isinstance(field, Relation):
        return Ref | None
    return field.api_type | None if field.is_nullable else field.api_type


def in_schema(record_type: RecordType, *, is_patch: bool) -> type[Schema]:
    """Writable fields; in a patch all may be left out. Unknown fields are refused."""
    shapes: dict[str, Any] = {}
    for name, field in record_type.own_fields.items():
        if name in record_type.writable:
            is_needed = field.is_required and not is_patch
            shapes[name] = (_in_type(field), ...) if is_needed else (_in_type(field) | None, None)
    shapes["custom"] = (dict[str, Any], Field(default_factory=dict, description="The company's own fields, by key"))
    base = "Patch" if is_patch else "In"
    return create_model(f"{record_type.model.__name__}{base}", __base__=Strict, **shapes)


def _in_type(field: RecordField) -> Any:
    if isinstance(field, Select):
        return Literal[tuple(value for value, _label in field.choices)]
    return list[str] if field.is_many else field.api_type


def page_schema(record_type: RecordType, item: type[Schema]) -> type[Schema]:
    return create_model(
        f"{record_type.model.__name__}Page",
        __base__=Schema,
        items=(list[item], ...),  # type: ignore[valid-type]
        next=(str | None, None),
        total=(int | None, None),
    )


class Operation(Strict):
    """One line of a batch. `values` as in a create or a patch; `version` refuses when the record has moved on."""

    op: Literal["create", "update", "upsert", "delete", "restore"]
    id: UUID | None = None
    external_id: str | None = Field(None, max_length=120)
    version: int | None = Field(None, ge=1, le=2**31 - 1)
    values: dict[str, Any] = Field(default_factory=dict)


class BatchIn(Strict):
    operations: list[Operation] = Field(min_length=1, max_length=MOST_IN_BATCH)


class ResultOut(Schema):
    """What became of one line: a status as the single request would have had, the record's id, or the problem."""

    index: int
    status: int
    id: UUID | None = None
    version: int | None = None
    problem: Problem | None = None


class BatchOut(Schema):
    results: list[ResultOut]
    succeeded: int
    failed: int


def flat(values: dict[str, Any]) -> dict[str, Any]:
    """Values of a body by field name: `{"custom": {"tier": …}}` becomes `custom.tier`."""
    custom = values.pop("custom", None) or {}
    return values | {f"custom.{key}": value for key, value in custom.items()}


def described(record_type: RecordType, verbs: list[str]) -> dict[str, Any]:
    return {
        "name": record_type.name, "label": record_type.label, "title": record_type.title, "verbs": verbs,
        "fields": [_described(name, field, record_type) for name, field in record_type.fields.items()],
    }  # fmt: skip


def _described(name: str, field: RecordField, record_type: RecordType) -> dict[str, Any]:
    choices = field.choices if isinstance(field, Select | MultiSelect) else None
    target = type_of(field.target) if isinstance(field, Relation) else None
    return {
        "name": name, "label": field.label, "kind": field.kind, "help": field.help_text,
        "is_required": field.is_required, "is_read_only": name not in record_type.writable,
        "is_sortable": field.is_sortable, "is_custom": field.is_custom, "operators": list(field.operators),
        "choices": [{"value": value, "label": label} for value, label in choices] if choices is not None else None,
        "target": target.name if target else None,
    }  # fmt: skip
