"""The REST routes of a record type, with its own shapes in the API document."""

from contextlib import nullcontext
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import P, PathEx, Query, Router

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records import actions
from tenants.records.duplicates.actions import refuse_duplicate
from tenants.records.filters import parse_filter
from tenants.records.paging import Page, order_for
from tenants.records.past.reading import moment_asked, reading
from tenants.records.queries import record_for, require, rows_matching
from tenants.records.registry import RecordType
from tenants.records.rest.answers import heeding_versions, json_answer, names, record_answer, version_asked
from tenants.records.rest.batch import run_batch
from tenants.records.rows import Reader, expanded
from tenants.records.schemas import (
    BatchIn,
    BatchOut,
    ListIn,
    Problem,
    ShapeIn,
    TypeOut,
    described,
    flat,
    in_schema,
    out_schema,
    page_schema,
)

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 412, 422), Problem)
ExternalId = PathEx[str, P(min_length=1, max_length=120)]
VERBS = ("view", "create", "edit", "delete", "export", "reveal")


def router_for(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])
    out = out_schema(record_type)
    _add_list(router, record_type, out)
    _add_description(router, record_type)
    _add_batch(router, record_type)
    _add_upsert(router, record_type, out)
    _add_record(router, record_type, out)
    _add_writes(router, record_type, out)
    return router


def _add_list(router: Router, record_type: RecordType, out: Any) -> None:
    page_out = page_schema(record_type, out)

    @router.get("", response={200: page_out, **REFUSALS}, operation_id=f"list_{record_type.name}")
    def rows(request: HttpRequest, asked: Query[ListIn]) -> Any:
        actor = context.actor()
        with reading(moment_asked(asked.as_of)) if asked.as_of else nullcontext():
            page = _page(record_type, asked, actor)
            expanded(record_type, page.items, names(asked.expand), actor)  # type: ignore[arg-type]
            total = _found(record_type, asked, actor).order_by().count() if asked.with_total else None
        return json_answer({"items": page.items, "next": page.next, "total": total})


def _found(record_type: RecordType, asked: ListIn, actor: Actor) -> Any:
    return rows_matching(actor, record_type, tree=parse_filter(asked.filter), text=asked.q)


def _page(record_type: RecordType, asked: ListIn, actor: Actor) -> Page:
    order = order_for(record_type, asked.sort or record_type.sort)
    reader = Reader.of(record_type, names(asked.fields))
    if not (asked.filter or asked.q.strip() or asked.cursor or asked.as_of):
        return reader.first_page(order, actor, limit=asked.limit)
    return reader.page(_found(record_type, asked, actor), order, after=asked.cursor, limit=asked.limit)


def _add_description(router: Router, record_type: RecordType) -> None:
    @router.get("/schema", response={200: TypeOut, **REFUSALS}, operation_id=f"describe_{record_type.name}")
    def description(request: HttpRequest) -> Any:
        """The fields as this company has them, its own too, and what the caller may do."""
        actor = context.actor()
        require(actor, "view", record_type.name)
        return described(record_type, [verb for verb in VERBS if actor.may(verb, record_type.name)])


def _add_batch(router: Router, record_type: RecordType) -> None:
    @router.post("/batch", response={200: BatchOut, **REFUSALS}, operation_id=f"batch_{record_type.name}")
    def batch(request: HttpRequest, body: BatchIn) -> Any:
        """At most 1,000 writes, each with a result of its own: one that is refused does not stop the others."""
        return json_answer(run_batch(record_type, body.operations, context.actor()))


def _add_upsert(router: Router, record_type: RecordType, out: Any) -> None:
    patch = in_schema(record_type, is_patch=True)

    @router.put(
        "/by-external-id/{external_id}", response={200: out, 201: out, **REFUSALS},
        operation_id=f"upsert_{record_type.name}",
    )  # fmt: skip
    def upsert(request: HttpRequest, body: patch, external_id: ExternalId) -> HttpResponse:  # type: ignore[valid-type]
        """Change the record that another system knows by this id, or make it."""
        actor = context.actor()
        values = flat(body.model_dump(exclude_unset=True))  # type: ignore[attr-defined]
        found, is_new = actions.upsert_record(record_type=record_type, external_id=external_id, values=values, by=actor)
        return record_answer(record_type, found.pk, actor, status=201 if is_new else 200)


def _add_record(router: Router, record_type: RecordType, out: Any) -> None:
    @router.get("/{uuid:record_id}", response={200: out, **REFUSALS}, operation_id=f"get_{record_type.name}")
    def record(request: HttpRequest, record_id: UUID, asked: Query[ShapeIn]) -> Any:
        return record_answer(record_type, record_id, context.actor(), asked)

    @router.delete("/{uuid:record_id}", response={204: None, **REFUSALS}, operation_id=f"delete_{record_type.name}")
    def delete(request: HttpRequest, record_id: UUID) -> HttpResponse:
        actor = context.actor()
        actions.delete_record(record=record_for(actor, record_type, record_id), by=actor)
        return HttpResponse(status=204)

    @router.post(
        "/{uuid:record_id}/restore", response={200: out, **REFUSALS}, operation_id=f"restore_{record_type.name}"
    )
    def restore(request: HttpRequest, record_id: UUID) -> HttpResponse:
        actor = context.actor()
        actions.restore_record(record=actions.bin_record_for(actor, record_type, record_id), by=actor)
        return record_answer(record_type, record_id, actor)


def _add_writes(router: Router, record_type: RecordType, out: Any) -> None:
    record_in, patch = in_schema(record_type, is_patch=False), in_schema(record_type, is_patch=True)

    @router.post("", response={201: out, **REFUSALS}, operation_id=f"create_{record_type.name}")
    def create(
        request: HttpRequest,
        body: record_in,  # type: ignore[valid-type]
        on_duplicate: Literal["create", "refuse"] = "create",
    ) -> HttpResponse:
        """With `on_duplicate=refuse` a record like one that is there is refused: 409 `possible_duplicate`."""
        actor = context.actor()
        require(actor, "view", record_type.name)  # what is made is answered with
        values = record_type.initial(actor) | flat(body.model_dump(exclude_unset=True))  # type: ignore[attr-defined]
        if on_duplicate == "refuse":
            refuse_duplicate(record_type, values, actor)
        made = actions.create_record(record_type=record_type, values=values, by=actor)
        return record_answer(record_type, made.pk, actor, status=201)

    @router.patch("/{uuid:record_id}", response={200: out, **REFUSALS}, operation_id=f"update_{record_type.name}")
    def update(request: HttpRequest, record_id: UUID, body: patch) -> HttpResponse:  # type: ignore[valid-type]
        actor = context.actor()
        found = record_for(actor, record_type, record_id)
        values = flat(body.model_dump(exclude_unset=True))  # type: ignore[attr-defined]
        with heeding_versions():
            actions.update_record(record=found, values=values, by=actor, version=version_asked(request))
        return record_answer(record_type, record_id, actor)
