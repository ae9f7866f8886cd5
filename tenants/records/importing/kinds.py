"""The jobs of importing: the look ahead that writes nothing, and the import itself."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar

from django.db import transaction

from tenants.records.enums import Outcome
from tenants.records.importing.faults import Fault
from tenants.records.importing.formats.base import Row
from tenants.records.importing.limits import BATCH
from tenants.records.importing.opening import open_table
from tenants.records.importing.plan import Plan
from tenants.records.importing.values import text_of_cell
from tenants.records.importing.working import ABSENT, DUPLICATE, FAILED, UNCHANGED, Importer, Result
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.jobs.undoing import undo_changes
from tenants.records.models import JobLine

OUTCOMES = {
    "created": Outcome.CREATED, "updated": Outcome.UPDATED, FAILED: Outcome.FAILED, DUPLICATE: Outcome.SKIPPED,
    UNCHANGED: Outcome.SKIPPED, ABSENT: Outcome.SKIPPED,
}  # fmt: skip
SHOWN_FAULTS = 500
MOST_CELL = 5_000


@job_kind
class ImportJob(JobKind):
    """Goes through the file in pieces; a successor goes on at the row where the last piece ended."""

    name: ClassVar[str] = "import"
    template: ClassVar[str] = "importing/_job.html"
    can_undo: ClassVar[bool] = True

    def run(self, run: Run) -> None:
        place = run.place
        plans = plans_of(run)
        for index in range(place.get("plan", 0), len(plans)):
            here = place if index == place.get("plan", 0) else {}
            if here.get("phase", 0) == 0:
                self._write(run, plans[index], index, here.get("row", 0))
                here = {}
            if Importer(plans[index], run.actor).later:
                self._link(run, plans[index], index, here.get("row", 0))

    def _write(self, run: Run, plan: Plan, index: int, start: int) -> None:
        importer = Importer(plan, run.actor)
        with rows_of(run, plan) as rows:
            for skipped in batches(islice(rows, start)):
                importer.remember(skipped)
            for batch in batches(rows):
                run.check()
                start += len(batch)
                with transaction.atomic():
                    results = importer.take(batch)
                    note(run, results, keeps_all=True)
                    run.advance(len(batch), plan=index, row=start, phase=0)

    def _link(self, run: Run, plan: Plan, index: int, start: int) -> None:
        importer = Importer(plan, run.actor)
        with rows_of(run, plan) as rows:
            for skipped in batches(islice(rows, start)):
                importer.remember(skipped)
            for batch in batches(rows):
                run.check()
                start += len(batch)
                with transaction.atomic():
                    note(run, importer.link(batch), keeps_all=True)
                    run.advance(0, plan=index, row=start, phase=1)

    def undo(self, run: Run) -> None:
        undo_changes(run)


@job_kind
class ImportPreview(JobKind):
    """Counts what an import would do with every row, and writes nothing but the counts."""

    name: ClassVar[str] = "import_preview"

    def run(self, run: Run) -> None:
        """Keys met so far are known to this worker alone, so a successor begins again."""
        run.counts.clear()
        JobLine.objects.filter(job=run.job).delete()
        run.job.done, per_plan = 0, []
        for plan in plans_of(run):
            importer, counts = Importer(plan, run.actor, is_dry=True), Counter[str]()
            with rows_of(run, plan) as rows:
                for batch in batches(rows):
                    run.check()
                    results = importer.take(batch)
                    counts.update(result.verdict for result in results)
                    with transaction.atomic():
                        note(run, results, keeps_all=False)
                        run.advance(len(batch), row=run.job.done + len(batch))
            counts["related"] = len(importer.reader.new_links)
            per_plan.append({"type": plan.type_name, "rows": sum(counts.values()) - counts["related"], **counts})
        run.job.result = run.job.result | {"counts": per_plan}
        run.advance(0)


def plans_of(run: Run) -> list[Plan]:
    return [Plan.loaded(one) for one in run.job.params["plans"]]


class rows_of:  # noqa: N801 - used like a function
    """The rows of a plan's table, while the file is open."""

    def __init__(self, run: Run, plan: Plan) -> None:
        params = run.job.params
        self.opening = open_table(params["file"], params["kind"], params["options"] | {"section": plan.section})

    def __enter__(self) -> Iterator[Row]:
        return self.opening.__enter__().rows

    def __exit__(self, *error: Any) -> None:
        self.opening.__exit__(*error)


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def note(run: Run, results: Iterable[Result], *, keeps_all: bool) -> None:
    """Count rows; keep every fault of an import with its row, so that the file of errors has them all."""
    lines: list[JobLine] = []
    for result in results:
        if result.verdict not in Outcome.values:
            run.counts[result.verdict] += 1
        line = _line(result) if result.message else None
        run.note(OUTCOMES[result.verdict], line=line)
        if result.faults and (keeps_all or run.counts["shown_faults"] < SHOWN_FAULTS):
            run.counts["shown_faults"] += 1
            lines += [_fault_line(run, result, fault, i) for i, fault in enumerate(result.faults)]
    JobLine.objects.bulk_create(lines, batch_size=500)


def _line(result: Result) -> JobLine:
    return JobLine(number=result.row.number, record_id=result.record_id, name=result.name, message=result.message)


def _fault_line(run: Run, result: Result, fault: Fault, index: int) -> JobLine:
    """The row itself goes with its first fault."""
    cells = [text_of_cell(cell).replace("\x00", "␀")[:MOST_CELL] for cell in result.row.cells] if index == 0 else None
    return JobLine(
        job=run.job, outcome=Outcome.FAILED, number=result.row.number, name=result.name, field=fault.column[:80],
        value=fault.value, message=fault.message, data={"fix": fault.fix} | ({"cells": cells} if cells else {}),
    )  # fmt: skip
