"""Out of the bin, and for good."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, DomainError, Invalid
from tenants.records import actions
from tenants.records.bin.queries import in_bin
from tenants.records.merging.links import Link, links_to
from tenants.records.models import Change, File, Follow, Note, Pair
from tenants.records.queries import require
from tenants.records.registry import RecordType, record_types, type_named

MOST = 200
PIECE = 100
GONE_WITH_IT = (Note, Follow)


@transaction.atomic
def purge_record(*, record_type: RecordType, record_id: UUID, by: Actor) -> None:
    """Delete a record in the bin for good, with its notes, files and history; one line of history stays.

    For whoever may delete the type and change the settings. Emits `<model>.purged`.
    Raises Denied, NotFound, Conflict when others need it.
    """
    require_purge(by, record_type)
    record = actions.bin_record_for(by, record_type, record_id)
    if not record.deleted_at:
        raise Conflict(_("Move it to the bin first."))
    name = str(record)
    _let_go(record_type, record_id)
    Change.objects.filter(record_type=record_type.name, record_id=record_id).delete()
    actions.note_change(record=record, action="purged", changes={record_type.title: [name, None]}, by=by)
    try:
        with transaction.atomic():
            record.delete()
    except (ProtectedError, RestrictedError) as error:
        raise Conflict(_("%(name)s is still in use, so it cannot be deleted for good.") % {"name": name}) from error


def require_purge(by: Actor, record_type: RecordType) -> None:
    require(by, "delete", record_type.name)
    if not by.may("edit", "settings"):
        raise Denied(_("Only owners and administrators may delete for good."))


def _let_go(record_type: RecordType, record_id: UUID) -> None:
    """What belongs to it goes with it; what points at it points at nothing. Its files' bytes are swept later."""
    of_it = {"record_type": record_type.name, "record_id": record_id}
    File.objects.filter(**of_it, deleted_at=None).update(deleted_at=timezone.now())
    for model in GONE_WITH_IT:
        model._default_manager.filter(**of_it).delete()
    Pair.objects.filter(left_id=record_id).delete()
    Pair.objects.filter(right_id=record_id).delete()
    for link in links_to(record_type):
        if link.kind and link.model not in (*GONE_WITH_IT, File):
            _point_at_nothing(link, record_type, record_id)


def _point_at_nothing(link: Link, record_type: RecordType, record_id: UUID) -> None:
    rows = link.rows([record_id], record_type)
    if link.field.null:
        rows.update(**{link.column: None, link.kind: ""})
    else:
        rows.delete()


def restore_many(*, keys: Sequence[str], by: Actor) -> tuple[int, list[str]]:
    """Take records like `contacts:<id>` out of the bin: how many came, and why others did not."""
    return _each(keys, lambda t, pk: actions.restore_record(record=actions.bin_record_for(by, t, pk), by=by))


def purge_many(*, keys: Sequence[str], by: Actor) -> tuple[int, list[str]]:
    return _each(keys, lambda t, pk: purge_record(record_type=t, record_id=pk, by=by))


def _each(keys: Sequence[str], act: Any) -> tuple[int, list[str]]:
    """Each in a transaction of its own. Raises Invalid for what is no key, Denied at the first that is."""
    if not 0 < len(keys) <= MOST:
        raise Invalid({"keys": [_("Choose 1 to %(most)s records.") % {"most": MOST}]})
    done, refused = 0, []
    for record_type, record_id in [_read(key) for key in keys]:
        try:
            with transaction.atomic():
                act(record_type, record_id)
            done += 1
        except Denied:
            raise
        except DomainError as error:
            refused.append(str(error.detail))
    return done, refused


def _read(key: str) -> tuple[RecordType, UUID]:
    kind, _colon, record_id = key.partition(":")
    try:
        return type_named(kind), UUID(record_id)
    except ValueError as error:
        raise Invalid({"keys": [_("Write a type and an id, like contacts:01890a5d-….")]}) from error


def empty_bin(*, by: Actor, days: int | None = None) -> int:
    """Delete for good what has lain in the bin for longer than the house keeps it; how many went.

    In pieces of one transaction each; what others still need stays.
    """
    until = timezone.now() - timedelta(days=settings.BIN_DAYS if days is None else days)
    return sum(_empty(record_type, until, by) for record_type in record_types())


def _empty(record_type: RecordType, until: Any, by: Actor) -> int:
    gone = 0
    stuck: set[UUID] = set()
    rows = in_bin(by, record_type).filter(deleted_at__lt=until).order_by("deleted_at", "pk")
    while piece := list(rows.exclude(pk__in=stuck).values_list("pk", flat=True)[:PIECE]):
        with transaction.atomic():
            for record_id in piece:
                try:
                    with transaction.atomic():
                        purge_record(record_type=record_type, record_id=record_id, by=by)
                    gone += 1
                except DomainError:
                    stuck.add(record_id)
    return gone
