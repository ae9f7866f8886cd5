"""Writes of every record type: one way for pages, API, tasks, imports and demo data."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid, NotFound
from tenants.records.changes import difference, is_new, keep_change, snapshot, words_for
from tenants.records.events import emit
from tenants.records.models import Record
from tenants.records.queries import may_touch, record_for, require, require_on, visible_to
from tenants.records.registry import RecordType, type_of
from tenants.records.search import index
from tenants.records.tagging.actions import known_names


@transaction.atomic
def create_record(*, record_type: RecordType, values: Mapping[str, Any], by: Actor) -> Any:
    """Make a record from outside values. Emits `<type>.created`. Raises Invalid, Denied."""
    require(by, "create", record_type.name)
    cleaned = record_type.clean(values, creating=True)
    record = record_type.model(created_by_id=by.user_id)
    for name, value in cleaned.items():
        record_type.fields[name].assign(record, value)
    _save(record_type, record, list(cleaned), by, is_new=True)
    changes = {
        name: [None, record_type.fields[name].api_of(value)]
        for name, value in cleaned.items()
        if value not in (None, "")
    }
    record_type.saved(record, changes, by)
    _log(record_type, record, "created", changes, by)
    return record


@transaction.atomic
def update_record(*, record: Any, values: Mapping[str, Any], by: Actor, version: int | None = None) -> Any:
    """Change fields of a record; nothing is written when nothing differs.

    With `version` the change is refused as Conflict if the record has moved on.
    Emits `<type>.updated`. Raises Invalid, Denied, Conflict.
    """
    record_type = _type(record)
    require(by, "edit", record_type.name)
    record = _locked(record_type, record, by)
    require_on(by, "edit", record)
    if version is not None and version != record.version:
        raise Conflict(
            "Somebody changed this record meanwhile.", field="version", fix="Load it again, then repeat your change."
        )
    cleaned = record_type.clean(values, creating=False)
    changed = {name: value for name, value in cleaned.items() if is_new(record_type.fields[name], record, value)}
    if not changed:
        return record
    before = snapshot(record_type.known_fields, record)
    for name, value in changed.items():
        record_type.fields[name].assign(record, value)
    record.version += 1
    _save(record_type, record, list(changed), by)
    changes = difference(before, snapshot(record_type.known_fields, record))
    record_type.saved(record, changes, by)
    _log(record_type, record, "updated", changes, by)
    return record


@transaction.atomic
def upsert_record(
    *, record_type: RecordType, external_id: str, values: Mapping[str, Any], by: Actor
) -> tuple[Any, bool]:
    """Change the record with this external id, or make it; also tells whether it is new.

    Two at once give one record: the second waits for the first. Raises Invalid, Denied.
    """
    with connection.cursor() as cursor:
        lock = f"{context.place().salt}:{record_type.name}:{external_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
    found = record_by_external_id(by, record_type, external_id)
    if found:
        return update_record(record=found, values=values, by=by), False
    values = record_type.initial(by) | dict(values) | {"external_id": external_id}
    return create_record(record_type=record_type, values=values, by=by), True


def record_by_external_id(actor: Actor, record_type: RecordType, external_id: str) -> Any:
    """The visible record that another system knows by this id, or None."""
    return visible_to(actor, record_type).filter(external_id=external_id).first()


@transaction.atomic
def delete_record(*, record: Record, by: Actor) -> None:
    """Put a record into the bin. Emits `<type>.deleted`."""
    _move_to_bin(record, by, "deleted")


@transaction.atomic
def restore_record(*, record: Record, by: Actor) -> None:
    """Take a record out of the bin. Emits `<type>.restored`."""
    _move_to_bin(record, by, "restored")


def _move_to_bin(record: Record, by: Actor, action: str) -> None:
    record_type = _type(record)
    require(by, "delete", record_type.name)
    deleted_at = timezone.now() if action == "deleted" else None
    found = record_type.model._default_manager.select_for_update().filter(pk=record.pk).first()
    if not found:
        raise NotFound
    require_on(by, "delete", found)
    if bool(found.deleted_at) == bool(deleted_at):
        return
    record_type.before_move(found, action, by)
    record_type.model._default_manager.filter(pk=record.pk).update(deleted_at=deleted_at, version=found.version + 1)
    _log(record_type, record, action, {}, by)


def bin_record_for(actor: Actor, record_type: RecordType, record_id: Any) -> Any:
    """A record in the bin, for whoever may delete."""
    require(actor, "delete", record_type.name)
    found = record_type.model._default_manager.filter(pk=record_id).first()
    if not found or not may_touch(actor, "delete", found):
        raise NotFound
    return found


def note_change(*, record: Record, action: str, changes: Mapping[str, Any], by: Actor) -> None:
    """History and event `<type>.<action>` of a module's own action, in its transaction.

    `changes` maps fields to [before, after] as the API gives them.
    """
    _log(_type(record), record, action, changes, by)


def _type(record: Record) -> RecordType:
    found = type_of(record)
    if not found:
        raise NotFound
    return found


def _locked(record_type: RecordType, record: Record, by: Actor) -> Any:
    record_type.model._default_manager.select_for_update().filter(pk=record.pk).values_list("pk").first()
    return record_for(by, record_type, record.pk)


def _save(record_type: RecordType, record: Record, changed: list[str], by: Actor, *, is_new: bool = False) -> None:
    """Derived fields, then the row; what the database refuses comes back as Invalid, and undoes the action."""
    if "tags" in changed:
        record.tags = known_names(names=record.tags, by=by)
    record_type.before_save(record, changed, by)
    try:
        record.save(force_insert=is_new)
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise Invalid({"": [words_for(record_type, name)]}) from error


def _log(record_type: RecordType, record: Record, action: str, changes: Mapping[str, Any], by: Actor) -> None:
    """History and event of one write."""
    keep_change(record_type.name, record.pk, action, changes, by=by)
    index.follow(record_type, record, action)
    emit(f"{record_type.model._meta.model_name}.{action}", record, changes=changes)
