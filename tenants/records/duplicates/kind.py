"""The job that compares all records of a type and keeps the pairs for review."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from tenants.kernel.errors import NotFound
from tenants.records.duplicates.rules import Facts, Rules, columns_of, facts_from, rules_for
from tenants.records.duplicates.scanning import pairs_among
from tenants.records.enums import Outcome, PairState
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import Pair
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named

READ = 5_000
WRITTEN = 500


@job_kind
class Duplicates(JobKind):
    name = "duplicates"
    template = "duplicates/_result.html"

    def run(self, run: Run) -> None:
        """Read, compare, write. Pairs are written over, so a successor may begin from the start."""
        record_type = type_named(run.job.record_type)
        rules = rules_for(record_type)
        if not rules:
            raise NotFound
        started = timezone.now()
        run.job.done, run.job.total = 0, visible_to(run.actor, record_type).order_by().count()
        run.counts.clear()
        records = _read(run, record_type, rules)
        found = pairs_among(records, between=lambda: _pulse(run))
        made = ((records[i], records[j], score, reasons) for (i, j), (score, reasons) in found.items())
        while piece := list(islice(made, WRITTEN)):
            _write(run, record_type, piece)
        _forget(record_type, {one.id for one in records}, started)
        run.job.result = {"pairs": len(found), "records": len(records)}
        _pulse(run)


def _read(run: Run, record_type: RecordType, rules: Rules) -> list[Facts]:
    """What is compared of each record, by pages of ids: no cursor has to outlive a transaction."""
    columns, records, last = columns_of(record_type, rules), [], None
    rows = visible_to(run.actor, record_type).select_related(None).order_by("pk")
    while piece := list((rows.filter(pk__gt=last) if last else rows).values_list("pk", *columns)[:READ]):
        run.check()
        last = piece[-1][0]
        records += [facts_from(rules, row[0], dict(zip(rules.names, row[1:], strict=True))) for row in piece]
        with transaction.atomic():
            run.advance(len(piece))
    return records


def _pulse(run: Run) -> None:
    run.check()
    with transaction.atomic():
        run.advance(0)


@transaction.atomic
def _write(run: Run, record_type: RecordType, piece: Sequence[tuple[Facts, Facts, int, list[str]]]) -> None:
    """A pair that is known keeps its state: what was dismissed stays dismissed."""
    pairs = [_pair(record_type, *one) for one in piece]
    Pair.objects.bulk_create(
        pairs, update_conflicts=True, unique_fields=["left_id", "right_id"],
        update_fields=["score", "reasons", "updated_at"],
    )  # fmt: skip
    run.note(Outcome.CREATED, rows=len(pairs))
    run.advance(0)


def _pair(record_type: RecordType, one: Facts, other: Facts, score: int, reasons: list[str]) -> Pair:
    left, right = sorted((one.id, other.id))
    return Pair(record_type=record_type.name, left_id=left, right_id=right, score=score, reasons=reasons)


def _forget(record_type: RecordType, seen: Iterable[UUID], started: Any) -> None:
    """Open pairs of these records that no longer look like one."""
    known = set(seen)
    old = Pair.objects.filter(record_type=record_type.name, state=PairState.OPEN, updated_at__lt=started)
    gone = [pk for pk, left, right in old.values_list("pk", "left_id", "right_id") if {left, right} <= known]
    Pair.objects.filter(pk__in=gone).delete()
