"""Taking a file in, making it ready, looking ahead, importing it."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.enums import JobState
from tenants.records.importing.error_file import MARK
from tenants.records.importing.google import fetched
from tenants.records.importing.guessing import guess_columns
from tenants.records.importing.limits import HEAD_ROWS, BadFile, check_size
from tenants.records.importing.opening import kind_of, open_table
from tenants.records.importing.plan import Plan, checked, default_keys, whole_plan
from tenants.records.importing.remembering import remember, remembered
from tenants.records.importing.targets import targets_of
from tenants.records.jobs.actions import finish, run_now, start_job
from tenants.records.models import Job
from tenants.records.queries import require
from tenants.records.registry import RecordType, type_named
from tenants.records.whole.here import Here
from tenants.records.whole.tables import arranged, is_known, part_named

SMALL_BYTES = 200_000
SMALL_ROWS = 200
MOST_ROWS_SENT = 10_000
SHOWN_PEOPLE = 20
DRAFT_HOURS, FILE_DAYS = 24, 30


def upload(*, file: Any, name: str, type_name: str, by: Actor, size: int) -> Job:
    """Keep a file and look at its beginning; the draft holds what was found. Raises BadFile, Denied, NotFound."""
    record_type = type_named(type_name) if type_name else None
    if record_type and not (by.may("create", record_type.name) or by.may("edit", record_type.name)):
        raise Denied(_("You may not import %(what)s.") % {"what": record_type.label})
    check_size(size)
    kind = kind_of(file)
    file.seek(0)
    record_type = None if kind == "zip" else record_type
    kept = default_storage.save(f"imports/{uuid4().hex}", File(file))
    try:
        return _draft(kept, PurePath(name.replace("\\", "/")).name[:120] or _("file"), kind, record_type, by)
    except Exception:
        default_storage.delete(kept)
        raise


def upload_sheet(*, url: str, type_name: str, by: Actor) -> Job:
    """A published Google Sheet, fetched and kept like a file. Raises BadLink, BadFile, Denied."""
    with fetched(url) as file:
        size = file.seek(0, io.SEEK_END)
        return upload(file=file, name="Google Sheets.csv", type_name=type_name, by=by, size=size)


def upload_rows(*, rows: Sequence[Mapping[str, Any]], type_name: str, by: Actor) -> Job:
    """Rows as a program has them."""
    if len(rows) > MOST_ROWS_SENT:
        raise Invalid({"rows": [_("Send at most %(most)d rows at once, or a file.") % {"most": MOST_ROWS_SENT}]})
    content = json.dumps(rows, default=str).encode()
    return upload(file=ContentFile(content), name="rows.json", type_name=type_name, by=by, size=len(content))


@transaction.atomic
def _draft(kept: str, name: str, kind: str, record_type: RecordType | None, by: Actor) -> Job:
    if not record_type and kind != "zip":
        raise Invalid({"type": [_("Say what the file holds: contacts, accounts, …")]})
    params: dict[str, Any] = {"file": kept, "name": name, "kind": kind, "options": {}, "plans": []}
    job = start_job(
        kind="import_preview", label=_("Look at %(name)s") % {"name": name}, by=by, params=params, is_small=True,
        record_type=record_type.name if record_type else "",
    )  # fmt: skip
    if record_type:
        _look(job, record_type, by)
    else:
        _plan_whole(job, by)
    finish(job, JobState.DONE)
    return job


def _look(job: Job, record_type: RecordType, by: Actor) -> None:
    """Read the head, guess the columns, note what was found."""
    with open_table(job.params["file"], job.params["kind"], job.params["options"]) as table:
        rows = [row.cells for _n, row in zip(range(HEAD_ROWS), table.rows, strict=False) if not row.problem]
        if not rows:
            raise BadFile(_("This file has the names of columns but no row below them."))
        before = remembered(by, record_type.name, table.headers)
        known = dict(before.targets) | dict.fromkeys(_ours(table.headers), "")
        guessed = guess_columns(record_type, targets_of(record_type), table.headers, rows, known)
        columns = [replace(one, fills=one.header in before.fills) for one in guessed]
        job.result = {"headers": table.headers, "notes": list(dict.fromkeys(table.notes)), "details": table.details}
    plan = rekeyed(Plan(type_name=record_type.name, columns=tuple(columns)))
    job.params = job.params | {"plans": [plan.dumped()]}
    job.save(update_fields=["params", "result", "updated_at"])


def _ours(headers: Sequence[str]) -> list[str]:
    return [header for header in headers if header.startswith(MARK)]


# A whole company


def _plan_whole(job: Job, by: Actor) -> None:
    """Everything by its own name, matched by id; what rules would derive is taken as it was."""
    require(by, "edit", "settings")
    with Here(job.params["file"], by, {}) as here:
        manifest = here.manifest
        known = [part for part in manifest.parts if part.comes_in and part.rows and is_known(part.name)]
        stay = [part.name for part in manifest.parts if part not in known and part.rows]
        strangers = [one["email"] for one in manifest.people if one["id"] not in here.people]
    headers = {part.name: part.columns for part in known}
    parts = arranged(part_named(name) for name in headers)
    plans = [whole_plan(one, headers[one.name]) for one in parts if one.comes_in]
    job.params = job.params | {"plans": [plan.dumped() for plan in plans], "is_whole": True}
    job.result = {"headers": [], "notes": _whole_notes(strangers, stay), "details": {"company": manifest.company}}
    job.total = sum(part.rows for part in known)
    job.save(update_fields=["params", "result", "total", "updated_at"])


def _whole_notes(strangers: Sequence[str], stay: Sequence[str]) -> list[str]:
    found = []
    if strangers:
        words = _(
            "%(people)s: not in this company, so what they own comes without an owner. Invite them first, or import "
            "the file again afterwards."
        )
        more = f" … (+{len(strangers) - SHOWN_PEOPLE})" if len(strangers) > SHOWN_PEOPLE else ""
        found.append(words % {"people": ", ".join(strangers[:SHOWN_PEOPLE]) + more})
    if stay:
        words = _("Not brought in, since they are documents of the company that issued them: %(names)s.")
        found.append(words % {"names": ", ".join(stay)})
    return found


# Making ready


@transaction.atomic
def change_draft(*, draft: Job, by: Actor, options: Mapping[str, str] | None = None) -> Job:
    """Read the file in another way: encoding, delimiter, sheet. Columns are guessed anew. Raises BadFile."""
    draft.params = draft.params | {"options": {name: value for name, value in (options or {}).items() if value}}
    _look(draft, type_named(draft.record_type), by)
    return draft


@transaction.atomic
def set_plan(*, draft: Job, plan: Plan, by: Actor, is_final: bool = False) -> Job:
    """Keep what was chosen. Raises Invalid, naming columns and settings that do not fit, when it is to be final."""
    locked = Job.objects.select_for_update().get(pk=draft.pk)
    if not locked.is_over:
        raise Conflict(_("The file is being looked at. Wait a moment, or stop that first."))
    if is_final:
        checked(plan, by)
        remember(type_name=plan.type_name, columns=plan.columns, by=by)
    locked.params = locked.params | {"plans": [plan.dumped()]}
    locked.result = {name: value for name, value in locked.result.items() if name != "counts"}
    locked.save(update_fields=["params", "result", "updated_at"])
    return locked


def rekeyed(plan: Plan) -> Plan:
    """With keys that are still mapped, or those that suit the columns best."""
    best = default_keys(plan.record_type, [column.target for column in plan.columns if column.target])
    return replace(plan, keys=best)


def start_preview(*, draft: Job, by: Actor) -> Job:
    """Count what the import would do: at once for a small file, in the background for a large one."""
    from tenants.directory.task import send
    from tenants.records.jobs.tasks import run_job  # the task runs our kinds

    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=draft.pk)
        if not locked.is_over:
            return locked
        locked.state, locked.error, locked.counts, locked.place, locked.done = JobState.QUEUED, "", {}, {}, 0
        locked.stop_asked_at = locked.finished_at = locked.beat_at = locked.started_at = None
        locked.save()
        is_small = default_storage.size(locked.params["file"]) <= SMALL_BYTES
        if not is_small:
            send(run_job, job_id=str(locked.pk))
    return run_now(locked) if is_small else locked


def start_import(*, draft: Job, by: Actor) -> Job:
    """Begin the import that was previewed. A draft becomes one import, however often somebody clicks."""
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=draft.pk)
        before = Job.objects.filter(kind="import", params__draft=str(locked.pk)).first()
        if before:
            return before
        if not locked.is_over or not locked.params["plans"]:
            raise Conflict(_("Look at what the import will do first."))
        for plan in [] if locked.params.get("is_whole") else locked.params["plans"]:
            checked(Plan.loaded(plan), by)
        counted = locked.result.get("counts")
        rows = sum(one["rows"] for one in counted) if counted else None
        is_small = rows is not None and rows <= SMALL_ROWS
        job = start_job(
            kind="import", label=_("Import of %(name)s") % {"name": locked.params["name"]}, by=by,
            record_type=locked.record_type, total=rows, params=locked.params | {"draft": str(locked.pk)},
            is_small=is_small,
        )  # fmt: skip
    return run_now(job) if is_small else job


def drop_draft(*, draft: Job) -> None:
    """Forget a draft, and its file unless an import of it is to be read on."""
    if not Job.objects.filter(kind="import", params__draft=str(draft.pk)).exists():
        default_storage.delete(draft.params["file"])
    draft.delete()


def tidy_imports(*, most: int = 200) -> int:
    """Forget drafts of yesterday, and the files of imports that ended a month ago. How many that were.

    The history of an import, its faults and its undo need no file.
    """
    now = timezone.now()
    idle = Job.objects.exclude(state__in=(JobState.QUEUED, JobState.RUNNING))
    drafts = idle.filter(kind="import_preview", updated_at__lt=now - timedelta(hours=DRAFT_HOURS))
    done = Job.objects.filter(kind="import", finished_at__lt=now - timedelta(days=FILE_DAYS)).exclude(params__file="")
    old = list(done.filter(undo_of=None)[:most])
    for job in old:
        default_storage.delete(job.params["file"])
        job.params = job.params | {"file": ""}
        job.save(update_fields=["params", "updated_at"])
    gone = list(drafts[:most])
    for draft in gone:
        drop_draft(draft=draft)
    return len(old) + len(gone)
