"""The REST routes of a record type: list, get, create, update, delete, restore."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router, Status
from ninja.responses import NinjaJSONEncoder

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records import actions
from tenants.records.filters import parse_filter
from tenants.records.models import Note
from tenants.records.paging import MOST_ROWS, order_for, page_of
from tenants.records.queries import lean, record_for, require, rows_matching
from tenants.records.registry import RecordType, type_named
from tenants.records.schemas import ListIn, NoteIn, NoteOut, Problem, in_schema, out_schema, page_schema, to_api

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 412, 422), Problem)


def router_for(record_type: RecordType) -> Router:
    """Routes of one type, with its own shapes in the API document."""
    router = Router(tags=[record_type.label])
    out = out_schema(record_type)
    _add_reads(router, record_type, out)
    _add_writes(router, record_type, out)
    _add_bin(router, record_type, out)
    return router


def _add_reads(router: Router, record_type: RecordType, out: Any) -> None:
    page_out = page_schema(record_type, out)

    @router.get("", response={200: page_out, **REFUSALS}, operation_id=f"list_{record_type.name}")
    def rows(
        request: HttpRequest,
        asked: Query[ListIn],
    ) -> Any:
        found = rows_matching(context.actor(), record_type, tree=parse_filter(asked.filter), text=asked.q)
        order = order_for(record_type, asked.sort or record_type.sort)
        page = page_of(lean(found, record_type), order, after=asked.cursor, limit=asked.limit)
        total = found.order_by().count() if asked.with_total else None
        # Encoded here: checking two hundred rows against their own shape would double the time.
        items = [to_api(record_type, row) for row in page.items]
        return JsonResponse({"items": items, "next": page.next, "total": total}, encoder=NinjaJSONEncoder)

    @router.get("/{record_id}", response={200: out, **REFUSALS}, operation_id=f"get_{record_type.name}")
    def record(request: HttpRequest, record_id: UUID, response: HttpResponse) -> Any:
        return _answer(record_type, record_for(context.actor(), record_type, record_id), response)


def _answer(record_type: RecordType, record: Any, response: HttpResponse) -> Any:
    response["ETag"] = f'"{record.version}"'
    return to_api(record_type, record)


def _add_writes(router: Router, record_type: RecordType, out: Any) -> None:
    record_in, patch = in_schema(record_type, is_patch=False), in_schema(record_type, is_patch=True)

    @router.post("", response={201: out, **REFUSALS}, operation_id=f"create_{record_type.name}")
    def create(request: HttpRequest, response: HttpResponse, body: record_in) -> Any:  # type: ignore[valid-type]
        actor = context.actor()
        values = body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
        made = actions.create_record(record_type=record_type, values=record_type.initial(actor) | values, by=actor)
        return Status(201, _answer(record_type, record_for(actor, record_type, made.pk), response))

    @router.patch("/{record_id}", response={200: out, **REFUSALS}, operation_id=f"update_{record_type.name}")
    def update(request: HttpRequest, record_id: UUID, response: HttpResponse, body: patch) -> Any:  # type: ignore[valid-type]
        actor = context.actor()
        found = record_for(actor, record_type, record_id)
        values = body.model_dump(exclude_unset=True)  # type: ignore[attr-defined]
        actions.update_record(record=found, values=values, by=actor, version=_version(request))
        return _answer(record_type, record_for(actor, record_type, record_id), response)


def _version(request: HttpRequest) -> int | None:
    """The version an If-Match header names. Raises Invalid for one that is not ours."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag or tag == "*":
        return None
    digits = tag.removeprefix("W/").strip('"')
    if not digits.isdecimal() or len(digits) > 9:
        raise Invalid({"If-Match": ["Send the ETag of the record as you got it."]})
    return int(digits)


def _add_bin(router: Router, record_type: RecordType, out: Any) -> None:
    @router.delete("/{record_id}", response={204: None, **REFUSALS}, operation_id=f"delete_{record_type.name}")
    def delete(request: HttpRequest, record_id: UUID) -> Any:
        actor = context.actor()
        actions.delete_record(record=record_for(actor, record_type, record_id), by=actor)
        return Status(204, None)

    @router.post("/{record_id}/restore", response={200: out, **REFUSALS}, operation_id=f"restore_{record_type.name}")
    def restore(request: HttpRequest, record_id: UUID, response: HttpResponse) -> Any:
        actor = context.actor()
        actions.restore_record(record=actions.bin_record_for(actor, record_type, record_id), by=actor)
        return _answer(record_type, record_for(actor, record_type, record_id), response)


notes = Router(tags=["Notes"])


@notes.get("", response={200: list[NoteOut], **REFUSALS}, operation_id="list_notes")
def list_notes(request: HttpRequest, record_type: str, record_id: UUID) -> Any:
    """The notes of one record, newest first."""
    actor = context.actor()
    require(actor, "view", "notes")
    found = record_for(actor, type_named(record_type), record_id)
    return Note.objects.filter(record_type=record_type, record_id=found.pk)[:MOST_ROWS]


@notes.post("", response={201: NoteOut, **REFUSALS}, operation_id="create_note")
def create_note(request: HttpRequest, body: NoteIn) -> Any:
    actor = context.actor()
    found = record_for(actor, type_named(body.record_type), body.record_id)
    return Status(201, actions.add_note(record=found, body=body.body, by=actor))
