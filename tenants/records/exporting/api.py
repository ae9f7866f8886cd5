"""Exports over the API."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from ninja import Router, Status
from pydantic import Field

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.exporting import actions, queries
from tenants.records.exporting.pages import download
from tenants.records.jobs.api import REFUSALS, JobOut
from tenants.records.registry import type_named
from tenants.records.schemas import Strict

exports = Router(tags=["Exports"])


class ExportIn(Strict):
    """One type with filter, order and columns; several types, which come whole in one ZIP; or everything."""

    types: list[str] = Field(default_factory=list, max_length=100, description="Record types, like contacts")
    everything: bool = Field(
        False, description="In place of types: the whole company, with notes, files, products, own fields, views …"
    )
    format: str = Field(
        "csv",
        max_length=8,
        description="csv, xlsx, json or pdf; for several types and everything a ZIP of csv or json",
    )
    filter: dict[str, Any] | None = Field(None, description="Filter tree")
    q: str = Field("", max_length=200)
    sort: str = Field("", max_length=80)
    columns: list[str] = Field(default_factory=list, max_length=200, description="Field names; empty: all")
    ids: list[UUID] = Field(default_factory=list, max_length=actions.MOST_IDS, description="Only these records")
    whole: bool = Field(False, description="Also one type in the form that another company can take in whole")


@exports.post("", response={202: JobOut, **REFUSALS}, operation_id="create_export", by_alias=False)
def create_export(request: HttpRequest, body: ExportIn) -> Any:
    """Begin an export. It is ready when its state is done; then fetch its file."""
    actor, types = context.actor(), [type_named(name) for name in dict.fromkeys(body.types)]
    if bool(types) == body.everything:
        raise Invalid({"types": ["Name record types, or ask for everything."]})
    if len(types) != 1 or body.whole:
        if body.filter or body.q or body.columns or body.ids or body.sort:
            raise Invalid({"types": ["Filter, sort and columns go with one type. Leave them out, or name one type."]})
        if body.everything:
            return Status(202, actions.export_everything(file_format=body.format, by=actor))
        return Status(202, actions.export_whole(types=types, file_format=body.format, by=actor))
    asked = body.model_dump(include={"filter", "q", "sort", "columns"}) | {"ids": [str(one) for one in body.ids]}
    return Status(202, actions.export_list(record_type=types[0], file_format=body.format, asked=asked, by=actor))


@exports.get("/{uuid:export_id}", response={200: JobOut, **REFUSALS}, operation_id="get_export", by_alias=False)
def get_export(request: HttpRequest, export_id: UUID) -> Any:
    return queries.export_for(context.actor(), export_id)


@exports.get("/{uuid:export_id}/file", response={200: None, **REFUSALS}, operation_id="get_export_file")
def get_file(request: HttpRequest, export_id: UUID) -> FileResponse:
    """The file, for whoever asked for it."""
    return download(queries.export_for(context.actor(), export_id))
