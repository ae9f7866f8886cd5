"""The jobs of importing: the look ahead that writes nothing, and the import itself."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from typing import Any, ClassVar

from django.db import transaction

from tenants.kernel.actors import Actor
from tenants.kernel.secrets import MASK
from tenants.records.enums import Outcome
from tenants.records.importing.faults import Fault
from tenants.records.importing.formats.base import Row
from tenants.records.importing.limits import BATCH
from tenants.records.importing.opening import open_table
from tenants.records.importing.plan import Plan, whole_plan
from tenants.records.importing.values import text_of_cell
from tenants.records.importing.working import ABSENT, DUPLICATE, FAILED, UNCHANGED, Importer, Result
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.jobs.undoing import undo_changes
from tenants.records.models import JobLine
from tenants.records.whole.here import Here
from tenants.records.whole.tables import Table
from tenants.records.whole.taking import TableImporter

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
        place, plans = run.place, plans_of(run)
        first = place.get("plan", 0)
        with ExitStack() as stack:
            known = stack.enter_context(here_of(run)) if run.job.params.get("is_whole") else None
            for index in range(first, len(plans)):
                begun = place if index == first else {}
                self._plan(run, plans[index], index, begun, known)
            for index, plan in enumerate(plans, start=len(plans)):  # files are there only now
                names = () if isinstance(plan.record_type, Table) else Importer(fresh(plan), run.actor).files
                if names and index >= first:
                    self._link(run, plan, index, place.get("row", 0) if index == first else 0, names)

    def _plan(self, run: Run, plan: Plan, index: int, begun: Mapping[str, Any], known: Here | None) -> None:
        plan = fresh(plan)
        if begun.get("phase", 0) == 0:
            self._write(run, plan, index, begun.get("row", 0), known)
            begun = {}
        if isinstance(plan.record_type, Table):
            return
        importer = Importer(plan, run.actor)
        if names := [name for name in importer.later if name not in importer.files]:
            self._link(run, plan, index, begun.get("row", 0), names)

    def _write(self, run: Run, plan: Plan, index: int, start: int, known: Here | None) -> None:
        importer = importer_for(plan, run.actor, known)
        if plan.is_whole and not start:
            plan.record_type.begin(run.actor)
        with rows_of(run, plan) as rows:
            for skipped in batches(islice(rows, start)):
                importer.remember(skipped)
            for batch in batches(rows):
                run.check()
                start += len(batch)
                with transaction.atomic():
                    results = importer.take(batch)
                    note(run, results, keeps_all=True, plan=plan)
                    learn(run, known, importer)
                    run.advance(len(batch), plan=index, row=start, phase=0)

    def _link(self, run: Run, plan: Plan, index: int, start: int, names: Sequence[str]) -> None:
        plan = fresh(plan)
        importer = Importer(plan, run.actor)
        with rows_of(run, plan) as rows:
            for skipped in batches(islice(rows, start)):
                importer.remember(skipped)
            for batch in batches(rows):
                run.check()
                start += len(batch)
                with transaction.atomic():
                    note(run, importer.link(batch, names), keeps_all=True, plan=plan)
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
        run.job.done = 0
        with ExitStack() as stack:
            known = stack.enter_context(here_of(run)) if run.job.params.get("is_whole") else None
            per_plan = [self._counted(run, plan, known) for plan in plans_of(run)]
        run.job.result = run.job.result | {"counts": per_plan}
        run.advance(0)

    def _counted(self, run: Run, plan: Plan, known: Here | None) -> dict[str, Any]:
        importer, counts = importer_for(plan, run.actor, known, is_dry=True), Counter[str]()
        with rows_of(run, plan) as rows:
            for batch in batches(rows):
                run.check()
                results = importer.take(batch)
                counts.update(result.verdict for result in results)
                with transaction.atomic():
                    note(run, results, keeps_all=False, plan=plan)
                    run.advance(len(batch), row=run.job.done + len(batch))
        related = len(importer.reader.new_links)
        label = str(plan.record_type.label)
        return {"type": plan.type_name, "label": label, "rows": sum(counts.values()), "related": related, **counts}


def here_of(run: Run) -> Here:
    """The archive of a whole company, with the ids that an earlier worker found out."""
    return Here(run.job.params["file"], run.actor, dict(run.job.result.get("matched", {})))


def learn(run: Run, known: Here | None, importer: Importer | TableImporter) -> None:
    """Keep what the batch found by other keys than the id: filters and notes further down speak of it by that."""
    if known and importer.matched:
        known.learn(importer.matched)
        importer.matched.clear()
        run.job.result = run.job.result | {"matched": known.matched}


def importer_for(plan: Plan, actor: Actor, known: Here | None, *, is_dry: bool = False) -> Importer | TableImporter:
    if known and isinstance(plan.record_type, Table):
        return TableImporter(plan, actor, known, is_dry=is_dry)
    importer = Importer(plan, actor, is_dry=is_dry)
    importer.reader.matched = known.matched if known else {}
    return importer


def fresh(plan: Plan) -> Plan:
    """A whole company's columns anew: its own fields came in a moment ago."""
    return whole_plan(plan.record_type, [column.header for column in plan.columns]) if plan.is_whole else plan


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


def part_of(plan: Plan) -> str:
    """What the rows of one table among many are told apart by."""
    return str(plan.record_type.label) if plan.is_whole else ""


def secret_columns(plan: Plan) -> frozenset[int]:
    """Columns of the file whose cells are not kept."""
    fields = ((place, plan.targets[column.target].field) for place, column in plan.mapped)
    return frozenset(place for place, field in fields if field and field.is_secret)


def note(run: Run, results: Iterable[Result], *, keeps_all: bool, plan: Plan) -> None:
    """Count rows; keep every fault of an import with its row, so that the file of errors has them all."""
    part, masked, counted = part_of(plan), secret_columns(plan), frozenset(Outcome.values)
    lines: list[JobLine] = []
    for result in results:
        result.name = ": ".join(word for word in (part, result.name) if word)[:200]
        if result.verdict not in counted:
            run.counts[result.verdict] += 1
        line = _line(result) if result.message else None
        run.note(OUTCOMES[result.verdict], line=line)
        if result.faults and (keeps_all or run.counts["shown_faults"] < SHOWN_FAULTS):
            run.counts["shown_faults"] += 1
            lines += [_fault_line(run, result, fault, i, masked) for i, fault in enumerate(result.faults)]
    JobLine.objects.bulk_create(lines, batch_size=500)


def _line(result: Result) -> JobLine:
    return JobLine(number=result.row.number, record_id=result.record_id, name=result.name, message=result.message)


def _fault_line(run: Run, result: Result, fault: Fault, index: int, masked: frozenset[int]) -> JobLine:
    """The row itself goes with its first fault."""
    cells = [MASK if i in masked and c else _kept_cell(c) for i, c in enumerate(result.row.cells)]
    data: dict[str, Any] = {"fix": fault.fix} | ({"cells": cells} if cells and index == 0 else {})
    return JobLine(
        job=run.job, outcome=Outcome.FAILED, number=result.row.number, name=result.name, field=fault.column[:80],
        value=fault.value, message=fault.message, data=data,
    )  # fmt: skip


def _kept_cell(cell: Any) -> str:
    return text_of_cell(cell)[:MOST_CELL].replace("\x00", "␀").encode(errors="replace").decode()
