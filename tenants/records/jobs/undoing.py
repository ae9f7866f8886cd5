"""Taking back what a job did, by its history: only where nobody has changed it since."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records import actions
from tenants.records.bulk.writing import Cleaner
from tenants.records.changes import write_history
from tenants.records.enums import Outcome
from tenants.records.fields import Field, Relation
from tenants.records.jobs.running import Run
from tenants.records.many import Refused, update_records
from tenants.records.models import Change, Job, JobLine
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import RecordType, type_named, type_of

PIECE = 200


def undo_changes(run: Run) -> None:
    """Walk the history of the job that `run` undoes, newest first, and take each line back.

    A value goes back only if it still is what the job wrote; what was created goes
    into the bin, what went into the bin comes out.
    """
    done = run.job.undo_of
    assert done
    run.job.total = Change.objects.filter(job_id=done.pk).count()
    while changes := _piece(done, run.place.get("before")):
        run.check()
        with transaction.atomic():
            for record_type, part in _parts(changes):
                _take_back_edits(run, record_type, part) if record_type else _take_back(run, part[0])
            run.advance(len(changes), before=str(changes[-1].pk))


def _piece(done: Job, before: str | None) -> list[Change]:
    rows = Change.objects.filter(job_id=done.pk).order_by("-id")
    return list(rows.filter(id__lt=before)[:PIECE] if before else rows[:PIECE])


def _parts(changes: Sequence[Change]) -> Iterator[tuple[RecordType | None, list[Change]]]:
    """Edits of one type in a row, each of another record, go back together; the rest one by one."""
    part: list[Change] = []
    for change in changes:
        fits = part and change.record_type == part[0].record_type and all(c.record_id != change.record_id for c in part)
        if part and not (fits and change.action == "updated"):
            yield type_named(part[0].record_type), part
            part = []
        if change.action == "updated":
            part.append(change)
        else:
            yield None, [change]
    if part:
        yield type_named(part[0].record_type), part


def _take_back_edits(run: Run, record_type: RecordType, changes: Sequence[Change]) -> None:
    """A part of edits, written together. What the batch refuses is tried by itself, field by field."""
    known = {row.pk: row for row in visible_to(run.actor, record_type).filter(pk__in=[c.record_id for c in changes])}
    cleaner = Cleaner(record_type)
    rows: list[tuple[Change, list[str], dict[str, Any]]] = []
    alone: list[Change] = []
    for change in changes:
        record = known.get(change.record_id)
        try:
            back, left = _split(record_type, record, change.changes) if record else ({}, [])
            values = cleaner.clean({n: raw_of(v) for n, v in back.items() if n in record_type.writable})
        except Invalid:
            record = None
        if record is None:
            alone.append(change)
        else:
            rows.append((change, left, {"values": values, "back": back}))
    pairs = [(change.record_id, one["values"]) for change, _left, one in rows]
    outcomes = update_records(record_type=record_type, rows=pairs, by=run.actor)
    for (change, left, one), outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Refused):
            alone.append(change)
            continue
        derived = {n: v for n, v in one["back"].items() if n not in record_type.writable}
        put_exactly(record_type, outcome.record, derived, run.actor)
        _tell(run, change, str(outcome.record)[:200], left)
    for change in alone:
        _take_back(run, change)


def _take_back(run: Run, change: Change) -> None:
    name = ""
    try:
        with transaction.atomic():
            record_type = type_named(change.record_type)
            record = _record(record_type, change, run.actor)
            name = str(record)[:200]
            left = _reverse(change, record, run.actor)
    except DomainError as error:
        run.note(Outcome.FAILED, line=_line(run, change, name, str(error.detail), error.field))
    else:
        _tell(run, change, name, left)


def _tell(run: Run, change: Change, name: str, left: list[str]) -> None:
    if left:
        words = _("Changed since, so it was left as it is.")
        run.note(Outcome.SKIPPED, line=_line(run, change, name, words, ", ".join(left)))
    else:
        run.note(Outcome.UPDATED)


def _record(record_type: RecordType, change: Change, by: Actor) -> Any:
    if change.action in ("deleted", "created", "restored"):
        return actions.bin_record_for(by, record_type, change.record_id)
    return record_for(by, record_type, change.record_id)


def _reverse(change: Change, record: Any, by: Actor) -> list[str]:
    """Do the opposite; the names of fields that were left alone."""
    match change.action:
        case "updated":
            return put_back(record=record, changes=change.changes, by=by)
        case "deleted":
            actions.restore_record(record=record, by=by)
        case "created" | "restored":
            actions.delete_record(record=record, by=by)
        case _:
            raise DomainError(_("This step cannot be taken back."))
    return []


def _line(run: Run, change: Change, name: str, message: str, field: str) -> JobLine:
    number = run.job.done + 1
    return JobLine(number=number, record_id=change.record_id, name=name, message=message, field=field[:80])


def put_back(*, record: Any, changes: Mapping[str, Any], by: Actor) -> list[str]:
    """Give fields the value before a change, where they still have the one after it.

    `changes` maps names to [before, after] as history keeps them. Derived fields go
    back exactly, too. Returns the names that were left alone. Raises Denied, NotFound.
    """
    record_type = type_of(record)
    assert record_type
    back, left = _split(record_type, record, changes)
    writable = {name: raw_of(value) for name, value in back.items() if name in record_type.writable}
    record, refused = write_what_fits(record, writable, by)
    put_exactly(record_type, record, {name: back[name] for name in back if name not in writable}, by)
    return [*left, *refused]


def _split(record_type: RecordType, record: Any, changes: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    back: dict[str, Any] = {}
    left: list[str] = []
    for name, (before, after) in changes.items():
        field = record_type.fields.get(name)
        if name in record_type.set_apart or (field and field.is_secret):  # history does not know what it was
            left.append(name)
        elif field and raw_of(kept_value(field, record)) == raw_of(after):
            back[name] = before
        elif not field or raw_of(kept_value(field, record)) != raw_of(before):
            left.append(name)
    return back, left


def write_what_fits(record: Any, values: dict[str, Any], by: Actor) -> tuple[Any, list[str]]:
    """Write what can be written; a value that is no longer allowed is left out and named."""
    if not values:
        return record, []
    try:
        with transaction.atomic():
            return actions.update_record(record=record, values=values, by=by), []
    except Invalid as error:
        kept = {name: value for name, value in values.items() if name not in error.errors}
        if len(kept) == len(values):
            raise
        return write_what_fits(record, kept, by)[0], [name for name in values if name in error.errors]


def put_exactly(record_type: RecordType, record: Any, values: Mapping[str, Any], by: Actor) -> None:
    """Derived fields as they were: rules have just derived them anew, for today. History tells of it."""
    columns, changes = {}, {}
    for name, before in values.items():
        field = record_type.fields[name]
        if raw_of(kept_value(field, record)) != raw_of(before):
            value = raw_of(before)
            column = field.source.attname if isinstance(field, Relation) else field.path
            columns[column] = value if value in (None, "") or isinstance(field, Relation) else field.checked(value)
            changes[name] = [kept_value(field, record), before]
    if columns:
        record_type.model._default_manager.filter(pk=record.pk).update(**columns)
        write_history(record_type, [(record.pk, changes)], by=by)


def kept_value(field: Field, record: Any) -> Any:
    """A field's value as history keeps it."""
    if isinstance(field, Relation) and not field.to_api(record):
        return None
    return field.api_of(field.value(record))


def raw_of(value: Any) -> Any:
    """History's value as input: a relation is its id. Labels do not count in comparisons."""
    return value.get("id") if isinstance(value, dict) and "id" in value else value
