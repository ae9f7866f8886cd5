"""The time machine over the API: the moments of a record, bringing it back, rewinding the company.

A record and a list of the past are asked for with `as_of`, on the routes of today.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.records.jobs.api import JobOut
from tenants.records.past.actions import require_rewinding, restore_record_as_of, start_rewind
from tenants.records.past.preview import Preview
from tenants.records.past.queries import Moment, moments_of, record_today
from tenants.records.past.reading import moment_asked
from tenants.records.past.rewinding import Touched, Wish
from tenants.records.registry import RecordType, type_named
from tenants.records.rest.answers import heeding_versions, record_answer, version_asked
from tenants.records.schemas import Problem, Strict

REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 409, 412, 422), Problem)
rewinds = Router(tags=["Time machine"])


class MomentOut(Schema):
    """A line of history: the record was like this from `at` on, until the next one."""

    at: str = Field(description="To the microsecond, to be asked with")
    who: str
    what: str
    fields: str = Field(description="Labels of the first fields that changed")

    @staticmethod
    def resolve_at(one: Moment) -> str:
        return one.at.isoformat()


class MomentsOut(Schema):
    items: list[MomentOut]


class BringBackIn(Strict):
    """Which moment, and which fields of it."""

    at: str = Field(max_length=40, description="A moment, like 2026-11-30T15:00:00Z")
    fields: list[str] | None = Field(None, max_length=300, description="Names of fields; all that differ unless given")


def past_router(record_type: RecordType) -> Router:
    router = Router(tags=[record_type.label])

    @router.get(
        "/{uuid:record_id}/past", response={200: MomentsOut, **REFUSALS}, operation_id=f"moments_{record_type.name}"
    )
    def moments(request: HttpRequest, record_id: UUID) -> Any:
        """The newest 200 moments of a record, also of one in the bin for whoever may take it out."""
        found = record_today(context.actor(), record_type, record_id)
        return {"items": moments_of(record_type, found.pk)}

    @router.post(
        "/{uuid:record_id}/past", response={200: dict, **REFUSALS}, operation_id=f"bring_back_{record_type.name}"
    )
    def bring_back(request: HttpRequest, record_id: UUID, body: BringBackIn) -> HttpResponse:
        """Give a record the values it had at a moment. Answers with it as it is now; heeds If-Match."""
        actor = context.actor()
        with heeding_versions():
            restore_record_as_of(
                record_type=record_type, record_id=record_id, at=moment_asked(body.at, "at"), by=actor,
                names=body.fields, version=version_asked(request),
            )  # fmt: skip
        return record_answer(record_type, record_id, actor)

    return router


class RewindIn(Strict):
    """Everything since a moment, or only some types, one person's work, one job's work."""

    at: str = Field(max_length=40, description="A moment, like 2026-11-30T15:00:00Z")
    types: list[str] = Field(default_factory=list, max_length=100, description="Record types; all unless given")
    user_id: UUID | None = Field(None, description="Only what this person did")
    job_id: UUID | None = Field(None, description="Only what this job did, like an import")

    @property
    def wish(self) -> Wish:
        names = tuple(type_named(name).name for name in self.types)
        return Wish(at=moment_asked(self.at, "at"), types=names, user_id=self.user_id, job_id=self.job_id)


class TouchedOut(Schema):
    id: UUID
    name: str = Field(alias="title")
    kind: str = Field(description="back, change, remove or left")
    before: dict[str, Any] = Field(description="Values of then, of the fields the caller may see")
    left: list[str] = Field(description="Fields that stay")
    who: list[str]


class PartOut(Schema):
    """What would happen to the records of one type."""

    type: str
    back: int = Field(description="Come out of the bin")
    change: int = Field(description="Get values of then")
    remove: int = Field(description="Go into the bin: they were not there")
    left: int = Field(description="Stay, since somebody else has changed them")
    who: dict[str, int] = Field(description="Who has changed how many")
    samples: list[TouchedOut]


class PreviewOut(Schema):
    total: int
    parts: list[PartOut]


@rewinds.post("/preview", response={200: PreviewOut, **REFUSALS}, operation_id="preview_rewind", by_alias=False)
def preview(request: HttpRequest, body: RewindIn) -> Any:
    """What a rewind would do; nothing is written."""
    actor = context.actor()
    require_rewinding(actor)
    found = Preview.of(body.wish, actor)
    parts = [
        {"type": one.record_type.name, "back": one.back, "change": one.change, "remove": one.remove, "left": one.left,
         "who": one.who, "samples": [_seen(one.record_type, sample) for sample in one.samples]}
        for one in found.parts
    ]  # fmt: skip
    return {"total": found.total, "parts": parts}


def _seen(record_type: RecordType, one: Touched) -> Touched:
    """Without the fields that are hidden from the caller."""
    fields = record_type.fields
    before = {name: value for name, value in one.before.items() if name in fields}
    return Touched(one.id, one.title, one.kind, before, [name for name in one.left if name in fields], one.who)


@rewinds.post("", response={200: JobOut, 202: JobOut, **REFUSALS}, operation_id="start_rewind", by_alias=False)
def start(request: HttpRequest, body: RewindIn) -> Any:
    """Rewind: a few records at once (200), more in the background (202). The job can be stopped and undone."""
    job = start_rewind(wish=body.wish, by=context.actor())
    return Status(200 if job.is_over else 202, job)
