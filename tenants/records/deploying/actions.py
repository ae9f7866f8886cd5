"""Deploying: what was chosen of the differences, as a job that can be undone."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.trust import note
from tenants.records.deploying.comparing import Difference, differences
from tenants.records.jobs.actions import start_job
from tenants.records.models import Job
from tenants.records.queries import require


@transaction.atomic
def deploy(*, sandbox: Company, chosen: Sequence[str], by: Actor) -> Job:
    """In the company the sandbox is of. `chosen` are ids of differences. Raises Denied, Invalid, Conflict."""
    require(by, "edit", "settings")
    known = {one.id: one for one in differences(sandbox)}
    if not chosen:
        raise Invalid({"chosen": [_("Choose at least one change.")]})
    if any(one not in known for one in chosen):
        raise Conflict(_("The sandbox or the company has changed meanwhile. Look at the changes again."))
    items = [_item(one) for one in known.values() if one.id in set(chosen)]
    job = start_job(
        kind="deployment", label=_("Changes of %(name)s") % {"name": sandbox.name}, by=by, total=len(items),
        params={"sandbox": str(sandbox.pk), "items": items},
    )  # fmt: skip
    note("sandbox.deployed", by=by, subject=sandbox.name, job=str(job.pk), things=[_told(one) for one in items][:100])
    return job


def _item(one: Difference) -> dict[str, Any]:
    return {
        "part": one.part.name, "verb": one.verb, "there": one.there, "here": one.here, "values": one.values,
        "fields": [field.name for field in one.fields], "title": one.title,
    }  # fmt: skip


def _told(item: dict[str, Any]) -> str:
    return f"{item['part']} {item['title']}: {item['verb']}"[:120]
