"""A record as it was, in the running transaction: set back before its first event, then changed event by event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from tenants.kernel.actors import robot
from tenants.kernel.errors import DomainError
from tenants.records.fields import Field, Relation
from tenants.records.models import Event
from tenants.records.past.queries import record_as_of
from tenants.records.registry import RecordType


@dataclass
class Past:
    """One record on its way through what happened to it. `blurred` are fields that could not be made what they were."""

    record_type: RecordType
    record: Any
    blurred: set[str] = field(default_factory=set)

    def apply(self, event: Event) -> None:
        """The event's own changes; what a workflow has written meanwhile stays beside them."""
        self.record = self.record_type.model._default_manager.get(pk=self.record.pk)
        changes = event.payload.get("changes") or {}
        for name, pair in changes.items() if isinstance(changes, Mapping) else ():
            if isinstance(pair, list) and len(pair) == 2:
                self._set(name, pair[1])
        if event.name.endswith(".deleted"):
            self.record.deleted_at = event.happened_at
        elif event.name.endswith(".restored"):
            self.record.deleted_at = None
        self.record.updated_at = event.happened_at
        write(self.record)

    def undo(self, event: Event) -> None:
        """The values before an event, which then is applied like the others."""
        for name, pair in (event.payload.get("changes") or {}).items():
            if isinstance(pair, list) and len(pair) == 2:
                self._set(name, pair[0])
        if event.name.endswith(".deleted"):
            self.record.deleted_at = None
        elif event.name.endswith(".restored"):
            self.record.deleted_at = event.happened_at

    def _set(self, name: str, told: Any) -> None:
        known = self.record_type.known_fields.get(name)
        if known is None or known.is_secret or isinstance(known.source, models.GeneratedField):
            self.blurred |= set() if known is None else {name} if known.is_secret else set()
            return
        try:
            _assign(known, self.record, told)
        except (ValidationError, ValueError, TypeError):
            self.blurred.add(name)


def _assign(known: Field, record: Any, told: Any) -> None:
    if isinstance(known, Relation) and not known.is_custom:
        setattr(record, known.source.attname, _id_behind(known, told))
    elif told in (None, "", [], {}):
        known.assign(record, None if known.is_nullable else known.empty)
    else:
        known.assign(record, known.checked(told))


def _id_behind(known: Relation, told: Any) -> UUID | None:
    """What it pointed at, if that is still there. Raises ValueError where it is gone."""
    if not told:
        return None
    found = UUID(str(told["id"] if isinstance(told, Mapping) else told))
    if not known.target._default_manager.filter(pk=found).exists():
        raise ValueError("gone")
    return found


def set_back(record_type: RecordType, first: Event) -> Past | None:
    """The record as it was before its first event (made by it: as it was made). None where that cannot be told."""
    try:
        then = record_as_of(record_type, first.record_id, first.happened_at, robot())
    except DomainError:
        return _from_today(record_type, first)
    past = Past(record_type, then)
    if not first.name.endswith(".created"):
        past.undo(first)
    write(past.record)
    return past


def _from_today(record_type: RecordType, first: Event) -> Past | None:
    """In the bin at that moment already: as it is, with its first event undone."""
    found = record_type.model._default_manager.filter(pk=first.record_id).first()
    if found is None:
        return None
    past = Past(record_type, found)
    past.undo(first)
    write(found)
    return past


def write(record: Any) -> None:
    """Every column as the object has it, past the rules of saving: they had their say when it really happened."""
    columns = [
        one for one in record._meta.concrete_fields
        if not one.primary_key and not isinstance(one, models.GeneratedField)
    ]  # fmt: skip
    values = {one.attname: getattr(record, one.attname) for one in columns}
    type(record)._default_manager.filter(pk=record.pk).update(**values)
