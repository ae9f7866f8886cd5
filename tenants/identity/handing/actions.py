"""Starting to hand over: to one person, or to several in turn; together with letting somebody go, or alone."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.handing.queries import Owned, owned_by
from tenants.identity.models import User
from tenants.identity.people import deactivate_user
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.jobs.actions import run_now, start_job
from tenants.records.models import Job
from tenants.records.registry import record_types

AT_ONCE = 200
"""Up to so many records the one who asks may wait for."""
MOST_PEOPLE = 100


def hand_over(
    *, user: User, to: Sequence[UUID], by: Actor, types: Sequence[str] | None = None, deactivate: bool = False
) -> Job | None:
    """Give what a person owns to others; with `deactivate` they are out first, all or nothing.

    Without `types` all of it. Without `to` everything stays theirs, which makes sense only when they leave.
    A job, over already when it is small; None where there was nothing to give. Raises Denied, Invalid, LastOwner.
    """
    job = _begun(user, list(dict.fromkeys(to)), by, types, deactivate=deactivate)
    return run_now(job) if job and (job.total or 0) <= AT_ONCE else job


@transaction.atomic
def _begun(user: User, to: Sequence[UUID], by: Actor, types: Sequence[str] | None, *, deactivate: bool) -> Job | None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may hand over what others own."))
    people = _people(to, user, may_be_nobody=deactivate)
    chosen = _chosen(owned_by(user.pk, by), types)
    if deactivate:
        deactivate_user(user=user, by=by)
    total = sum(one.mine for one in chosen)
    if not people or not total:
        return None
    numbers = {one.name: one.mine for one in chosen if one.mine}
    names = [one.email for one in people]
    job = start_job(
        kind="handover", label=_("Hand over what %(name)s owns") % {"name": user}, by=by, total=total,
        is_small=total <= AT_ONCE,
        params={"user": str(user.pk), "to": [str(one.pk) for one in people], "types": list(numbers)},
    )  # fmt: skip
    before = {"owner": user.email, "records": numbers}
    audit("user.handed_over", by=by, subject=user.email, before=before, after={"owner": names}, job=str(job.pk))
    return job


def _people(to: Sequence[UUID], user: User, *, may_be_nobody: bool) -> list[User]:
    """Raises Invalid."""
    if user.pk in to:
        raise Invalid({"to": [_("Choose somebody else than %(name)s.") % {"name": user}]})
    if len(to) > MOST_PEOPLE:
        raise Invalid({"to": [_("Choose at most %(most)d people.") % {"most": MOST_PEOPLE}]})
    known = {one.pk: one for one in User.objects.filter(pk__in=to, is_active=True)}
    if set(to) - set(known):
        raise Invalid({"to": [_("Choose people who work here.")]})
    if not to and not may_be_nobody:
        raise Invalid({"to": [_("Choose who gets the records: one person, or several who take turns.")]})
    return [known[one] for one in to]


def _chosen(found: Sequence[Owned], types: Sequence[str] | None) -> list[Owned]:
    if types is None:
        return list(found)
    if unknown := sorted(set(types) - {one.name for one in record_types()}):
        raise Invalid({"types": [_("There is no type called %(name)s.") % {"name": unknown[0][:60]}]})
    return [one for one in found if one.name in types]
