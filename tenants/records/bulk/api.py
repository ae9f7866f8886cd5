"""`POST /api/v1/<type>/bulk`: one action on the rows of a filter or of a list of ids."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.bulk.actions import start_bulk
from tenants.records.bulk.selection import MOST_IDS, Selection, chosen
from tenants.records.bulk.verbs import action_named
from tenants.records.jobs.api import JobLineOut, JobOut
from tenants.records.jobs.queries import lines_of
from tenants.records.paging import MOST_ROWS
from tenants.records.registry import RecordType
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class BulkIn(Strict):
    """Either `ids`, or `filter` (an empty tree means every row), perhaps with `q` and `without`."""

    action: str = Field(
        max_length=40, description="edit, assign, tag, untag, delete, restore, or one of the type's own"
    )
    values: dict[str, Any] = Field(default_factory=dict, description="What the action needs, like {“city”: “Pune”}")
    ids: list[UUID] | None = Field(None, max_length=MOST_IDS)
    filter: dict[str, Any] | None = Field(None, description="Filter tree")
    q: str = Field("", max_length=200, description="Quick search")
    without: list[UUID] = Field(default_factory=list, max_length=MOST_IDS, description="Matching rows to leave out")


class BulkOut(Schema):
    """The job; when it is over already, the rows that were refused or skipped with a reason."""

    job: JobOut
    results: list[JobLineOut]


def bulk_router(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])

    @router.post(
        "/bulk", response={200: BulkOut, 202: BulkOut, **REFUSALS}, operation_id=f"bulk_{record_type.name}",
        by_alias=False,
    )  # fmt: skip
    def bulk(request: HttpRequest, body: BulkIn) -> Any:
        """Do one action to many rows: at once up to 200 rows (200), else in the background (202)."""
        action = action_named(record_type, body.action)
        job = start_bulk(
            record_type=record_type, action=action, selection=_selection(body, from_bin=action.from_bin),
            values=body.values, by=context.actor(),
        )  # fmt: skip
        results = list(lines_of(job)[:MOST_ROWS]) if job.is_over else []
        return Status(200 if job.is_over else 202, {"job": job, "results": results})

    return router


def _selection(body: BulkIn, *, from_bin: bool) -> Selection:
    if body.ids is not None:
        return chosen([str(one) for one in body.ids], from_bin=from_bin)
    if body.filter is None:
        raise Invalid({"filter": ["Give a filter tree, {} for every row, or give ids."]})
    without = [str(one) for one in body.without]
    return Selection(tree=body.filter, text=body.q, without=without, from_bin=from_bin)
