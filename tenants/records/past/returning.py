"""Writing a piece of records back to what they were, through the ordinary actions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records import actions
from tenants.records.bulk.writing import Cleaner
from tenants.records.enums import Outcome
from tenants.records.jobs.running import Run
from tenants.records.jobs.undoing import put_exactly, raw_of, write_what_fits
from tenants.records.many import Refused, update_records
from tenants.records.models import JobLine
from tenants.records.past.rewinding import BACK, LEFT, Touched
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import RecordType


@dataclass(frozen=True)
class Returned:
    """What became of one record. `left` are fields that stay as they are."""

    one: Touched
    left: Sequence[str] = ()
    error: DomainError | None = None


@dataclass(frozen=True)
class Values:
    """The values of then, parted by who may write them: the actor, only the house's rules, nobody."""

    given: dict[str, Any]
    derived: dict[str, Any]
    left: list[str]

    @classmethod
    def of(cls, record_type: RecordType, one: Touched) -> "Values":
        found = cls({}, {}, list(one.left))
        known, writable = record_type.known_fields, set(record_type.writable)
        for name, value in one.before.items():
            if name in writable:
                found.given[name] = raw_of(value)
            elif name in known and known[name].is_read_only:
                found.derived[name] = value
            else:  # hidden from the actor, read-only for them, or a field that was put away since
                found.left.append(name)
        return found


def bring_back(record_type: RecordType, touched: Sequence[Touched], by: Actor) -> list[Returned]:
    """Out of the bin where they lie there, then every field. What cannot be written is left and named."""
    found: list[Returned] = []
    there: list[Touched] = []
    for one in touched:
        error = _tried(lambda one=one: _restore(record_type, one.id, by)) if one.kind == BACK else None  # type: ignore[misc]
        if error or one.kind == LEFT:
            found.append(Returned(one, one.left, error))
        else:
            there.append(one)
    return found + _write(record_type, there, by)


def _restore(record_type: RecordType, record_id: UUID, by: Actor) -> None:
    actions.restore_record(record=actions.bin_record_for(by, record_type, record_id), by=by)


def _write(record_type: RecordType, touched: Sequence[Touched], by: Actor) -> list[Returned]:
    """All together; what the batch refuses is tried by itself, field by field."""
    values = {one.id: Values.of(record_type, one) for one in touched}
    cleaner, rows, alone = Cleaner(record_type), [], []
    for one in touched:
        try:
            rows.append((one, cleaner.clean(values[one.id].given)))
        except Invalid:
            alone.append(one)
    outcomes = update_records(record_type=record_type, rows=[(one.id, cleaned) for one, cleaned in rows], by=by)
    found = []
    for (one, _cleaned), outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Refused):
            alone.append(one)
        else:
            put_exactly(record_type, outcome.record, values[one.id].derived, by)
            found.append(Returned(one, values[one.id].left))
    return found + [_write_alone(record_type, one, values[one.id], by) for one in alone]


def _write_alone(record_type: RecordType, one: Touched, values: Values, by: Actor) -> Returned:
    left = list(values.left)

    def write() -> None:
        record, refused = write_what_fits(record_for(by, record_type, one.id), values.given, by)
        put_exactly(record_type, record, values.derived, by)
        left.extend(refused)

    return Returned(one, left, _tried(write))


def take_away(record_type: RecordType, touched: Sequence[Touched], by: Actor) -> list[Returned]:
    """Into the bin: at the moment they were not there."""
    known = {row.pk: row for row in visible_to(by, record_type).filter(pk__in=[one.id for one in touched])}
    found = []
    for one in touched:
        record = known.get(one.id)
        gone = _tried(lambda record=record: actions.delete_record(record=record, by=by)) if record else None  # type: ignore[misc]
        found.append(Returned(one, error=gone))
    return found


def _tried(act: Callable[[], Any]) -> DomainError | None:
    try:
        with transaction.atomic():
            act()
    except DomainError as error:
        return error
    return None


def tell(run: Run, record_type: RecordType, returned: Sequence[Returned]) -> None:
    """Count the rows; a line for what a person has to know."""
    for number, row in enumerate(returned, start=run.job.done + 1):
        labels = [str(record_type.known_fields[n].label) if n in record_type.known_fields else n for n in row.left]
        line = JobLine(
            number=number, record_id=row.one.id, name=row.one.title[:200], field=", ".join(labels)[:80],
            data={"type": record_type.name},
        )  # fmt: skip
        if row.error:
            field, words = _told(row.error)
            line.field, line.message = field[:80], words
            run.note(Outcome.FAILED, line=line)
        elif row.left or row.one.kind == LEFT:
            line.message = _("Somebody else has changed it since, or it cannot be written any more: left as it is.")
            run.note(Outcome.SKIPPED, line=line)
        else:
            run.note(Outcome.UPDATED)


def _told(error: DomainError) -> tuple[str, str]:
    if isinstance(error, Invalid):
        field, messages = next(iter(error.errors.items()), ("", [str(error.detail)]))
        return field, messages[0]
    return error.field, str(error.detail)
