"""Single records out of a restored copy, through the actions that everybody uses: with history, events and search."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.fleet.restoring.hooks import pick_with
from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.fleet.restoring.queries import place_of
from tenants.kernel import context, trust
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Conflict, DomainError, NotFound
from tenants.records.actions import note_change, restore_record, update_record
from tenants.records.jobs.undoing import kept_value, raw_of
from tenants.records.registry import RecordType, type_named

MOST = 1_000
Values = dict[str, Any]


@dataclass(frozen=True)
class Picked:
    record_type: str
    record_id: UUID
    title: str
    outcome: str
    """created, updated, same, or what stood in the way."""


@pick_with
def pick_records(*, company: Company, restore: Restore, wanted: list[tuple[str, UUID]], by: Actor) -> list[Picked]:
    """Make these records of the company what they are in the copy; each by itself. Raises Conflict, NotFound.

    Whether `by` may is asked by the caller, as for every operation of the fleet.
    """
    if restore.state not in (RestoreState.BESIDE, RestoreState.SWAPPED) or restore.company_id != company.pk:
        raise Conflict(_("There is no restored copy beside this company."))
    if len(wanted) > MOST:
        raise Conflict(_("Choose at most %(most)d records at a time.") % {"most": MOST})
    house = robot(by.name)  # whoever may restore a company is none of its users
    done = []
    for type_name, record_id in wanted:
        record_type = type_named(type_name)
        kept, values = _in_copy(restore, record_type, record_id, house)
        with context.inside(company.place, actor=house):
            done.append(Picked(type_name, record_id, str(kept), _pick(record_type, kept, values, house)))
    _note(company, restore, done, by)
    return done


def _in_copy(restore: Restore, record_type: RecordType, record_id: UUID, by: Actor) -> tuple[Any, Values]:
    """The row, and what a person could have written of it. Confidential values stay what they are."""
    with context.inside(place_of(restore), actor=by):
        found = record_type.model._default_manager.filter(pk=record_id).first()
        if not found:
            raise NotFound(_("The copy has no such record."))
        fields = {name: record_type.fields[name] for name in record_type.writable}
        return found, {name: raw_of(kept_value(field, found)) for name, field in fields.items() if not field.is_secret}


def _pick(record_type: RecordType, kept: Any, values: Values, by: Actor) -> str:
    """What came of it, in a word or in the words of what refused."""
    try:
        with transaction.atomic():
            return _bring(record_type, kept, values, by)
    except DomainError as error:
        return str(error.detail)


def _bring(record_type: RecordType, kept: Any, values: Values, by: Actor) -> str:
    rows = record_type.model._default_manager.filter(pk=kept.pk)
    live = rows.first()
    if not live:
        return _bring_back(record_type, kept, by)
    before = live.version
    if live.deleted_at and not kept.deleted_at:
        restore_record(record=live, by=by)
    update_record(record=live, values=values, by=by)
    return "same" if rows.values_list("version", flat=True).get() == before else "updated"


def _bring_back(record_type: RecordType, kept: Any, by: Actor) -> str:
    """The row under its old id. What it points at has to be there: the database refuses otherwise."""
    stored = [one for one in record_type.model._meta.concrete_fields if not isinstance(one, models.GeneratedField)]
    record = record_type.model(**{one.attname: getattr(kept, one.attname) for one in stored})
    missing = _missing(record)
    if missing:
        raise Conflict(_("Bring back first what it belongs to: %(names)s.") % {"names": ", ".join(missing)})
    record.save(force_insert=True)
    note_change(record=record, action="restored", changes={}, by=by)
    return "created"


def _missing(record: Any) -> list[str]:
    links = [one for one in record._meta.concrete_fields if one.is_relation and getattr(record, one.attname)]
    return [
        str(one.verbose_name)
        for one in links
        if not one.related_model._default_manager.filter(pk=getattr(record, one.attname)).exists()
    ]


def _note(company: Company, restore: Restore, done: list[Picked], by: Actor) -> None:
    count = sum(one.outcome in ("created", "updated") for one in done)
    about: dict[str, Any] = {"as_of": restore.made_at.isoformat(), "count": count}
    with context.public(), transaction.atomic():
        subject, agency = f"company:{company.pk}", str(company.agency_id)
        trust.note("company.records_picked", by=by, subject=subject, agency=agency, **about)
    with context.inside(company.place), transaction.atomic():
        trust.note("company.records_picked", by=by, **about)
