"""Bringing back: fields of a record, or all that happened in a company since a moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.trust import note
from tenants.records import actions
from tenants.records.jobs.actions import run_now, start_job
from tenants.records.jobs.undoing import write_what_fits
from tenants.records.locale import moment
from tenants.records.models import Job
from tenants.records.past.preview import Preview
from tenants.records.past.queries import differing, record_as_of, record_today
from tenants.records.past.rewinding import Wish
from tenants.records.queries import require
from tenants.records.registry import RecordType

AT_ONCE = 100
"""Up to so many records the one who asks may wait for the answer."""


@dataclass(frozen=True)
class Restored:
    """What a record got back. `before` is the moment that undoes it."""

    record: Any
    before: datetime
    names: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@transaction.atomic
def restore_record_as_of(
    *, record_type: RecordType, record_id: Any, at: datetime, by: Actor, names: Sequence[str] | None = None,
    version: int | None = None,
) -> Restored:  # fmt: skip
    """Give a record the values it had: all that differ, or the named ones. Out of the bin, if it lies there.

    It is an ordinary change of today: history, events, rules and rights are those of `update_record`. Of all
    that differ, values that are no longer allowed are left; a named one that is not is refused.
    Raises NotFound where it was not there then, Invalid, Denied, Conflict.
    """
    require(by, "edit", record_type.name)
    now = record_today(by, record_type, record_id)
    then = record_as_of(record_type, record_id, at, by)
    before = timezone.now()
    if now.deleted_at:
        actions.restore_record(record=now, by=by)
        version = None
    values = differing(record_type, then, now)
    if names is not None:
        values = _named(record_type, values, names)
        record = actions.update_record(record=now, values=values, by=by, version=version)
        return Restored(record, before, list(values))
    if version is not None:
        record = actions.update_record(record=now, values={}, by=by, version=version)
    record, left = write_what_fits(now, values, by)
    return Restored(record, before, [name for name in values if name not in left], left)


def _named(record_type: RecordType, values: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Of the values that differ the named ones. Raises Invalid for a field that is not the actor's to write."""
    known = record_type.writable
    if wrong := [name for name in names if name not in known]:
        words = _("There is no such field to bring back. Known: %(known)s.") % {"known": ", ".join(known)}
        raise Invalid({name: [words] for name in wrong})
    return {name: value for name, value in values.items() if name in names}


def require_rewinding(by: Actor) -> None:
    """For whoever may change the settings: a rewind reaches over the records of everybody."""
    if not by.may("edit", "settings"):
        raise Denied(_("Only owners and administrators may turn the company back."))


def start_rewind(*, wish: Wish, by: Actor, is_here: bool = False) -> Job:
    """Bring the records of a wish back to its moment, as a job that can be stopped and undone.

    It works with the rights of `by`; `is_here` does not leave it to a worker. Raises Denied, Invalid when there
    is nothing to do.
    """
    require_rewinding(by)
    preview = Preview.of(wish, by)
    if not preview.total:
        raise Invalid({"at": [_("Nothing that you may bring back has changed since.")]})
    is_small = is_here or preview.total <= AT_ONCE
    job = _noted(wish, preview, by, is_small)
    return run_now(job) if is_small else job


@transaction.atomic
def _noted(wish: Wish, preview: Preview, by: Actor, is_small: bool) -> Job:
    job = start_job(
        kind="rewind", label=_("Back to %(when)s") % {"when": moment(wish.at)}, by=by, params=wish.as_json(),
        total=sum(preview.counts.values()), is_small=is_small,
    )  # fmt: skip
    note("company.rewound", by=by, subject=moment(wish.at), records=preview.total, job=str(job.pk), **preview.counts)
    return job
