"""Reads of imports: those under way, their drafts, their faults."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.enums import Outcome
from tenants.records.importing.limits import HEAD_ROWS
from tenants.records.importing.opening import open_table
from tenants.records.importing.values import text_of_cell
from tenants.records.jobs.queries import jobs_for
from tenants.records.models import Job, JobLine
from tenants.records.registry import RecordType, record_types

SAMPLES = 3


def imports_for(actor: Actor) -> "QuerySet[Job]":
    return jobs_for(actor).filter(kind="import", undo_of=None)


def import_for(actor: Actor, job_id: UUID) -> Job:
    return _one(jobs_for(actor).filter(kind="import", pk=job_id))


def draft_for(actor: Actor, job_id: UUID) -> Job:
    """A file that was uploaded and is being made ready."""
    return _one(jobs_for(actor).filter(kind="import_preview", pk=job_id))


def any_import_for(actor: Actor, job_id: UUID) -> Job:
    """A draft or an import."""
    return _one(jobs_for(actor).filter(kind__in=("import", "import_preview"), pk=job_id))


def _one(rows: "QuerySet[Job]") -> Job:
    found = rows.first()
    if not found:
        raise NotFound
    return found


def importable(actor: Actor) -> list[RecordType]:
    """Types the actor may make or change records of."""
    return [one for one in record_types() if actor.may("create", one.name) or actor.may("edit", one.name)]


def head_of(draft: Job, section: str = "") -> list[list[Any]]:
    """The first rows of a draft's file."""
    with open_table(
        draft.params["file"], draft.params["kind"], draft.params["options"] | {"section": section}
    ) as table:
        return [row.cells for _n, row in zip(range(HEAD_ROWS), table.rows, strict=False) if not row.problem]


def samples(rows: list[list[Any]], index: int) -> list[str]:
    """The first values of a column that differ."""
    found = dict.fromkeys(text_of_cell(row[index]).strip()[:60] for row in rows if index < len(row))
    return [value for value in found if value][:SAMPLES]


def failed_rows(job: Job) -> Iterator[tuple[int, list[str], list[JobLine]]]:
    """(row number, its cells, its faults) of each row that failed, as the file has them."""
    lines = JobLine.objects.filter(job=job, outcome=Outcome.FAILED).order_by("number", "id")
    for number, faults in groupby(lines.iterator(chunk_size=1000), key=lambda line: line.number):
        found = list(faults)
        cells: list[str] = next((line.data["cells"] for line in found if line.data.get("cells")), [])
        yield number, cells, found
