"""Reads of exports: one's own, and nobody else's."""

from typing import IO
from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound
from tenants.records.models import Job
from tenants.records.registry import RecordType, record_types


def exports_for(actor: Actor) -> "QuerySet[Job]":
    """Those the actor asked for: a file holds what they may see, and others may not."""
    mine = {"user_id": actor.user_id} if actor.user_id else {"user": None}
    return Job.objects.filter(kind="export", **mine).order_by("-id")


def export_for(actor: Actor, job_id: UUID) -> Job:
    """Raises NotFound, also for a key that may not export what is in it."""
    found = exports_for(actor).filter(pk=job_id).first()
    if not found or not may_take(actor, found):
        raise NotFound(_("There is no such export."))
    return found


def may_take(actor: Actor, job: Job) -> bool:
    """Whether the actor may export every type that is in the file, today."""
    return all(actor.may("export", name) for name in job.params["types"])


def file_of(job: Job) -> IO[bytes]:
    """The file, or NotFound while it is being made and after it was forgotten."""
    key = job.result.get("file")
    if not key or not default_storage.exists(key):
        raise NotFound(_("This file is not here: it is still being made, or was kept long enough and is gone."))
    return default_storage.open(key, "rb")


def exportable(actor: Actor) -> list[RecordType]:
    return [one for one in record_types() if actor.may("export", one.name) and actor.may("view", one.name)]
