"""Taking a file in, making it ready, looking ahead, importing it."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any, BinaryIO
from uuid import uuid4

import ijson
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.enums import JobState
from tenants.records.importing.error_file import MARK
from tenants.records.importing.formats.archives import csv_members, opened
from tenants.records.importing.google import fetched
from tenants.records.importing.guessing import guess_columns
from tenants.records.importing.limits import HEAD_ROWS, BadFile, check_size
from tenants.records.importing.opening import kind_of, open_file, open_table
from tenants.records.importing.plan import Column, Plan, checked, default_keys
from tenants.records.importing.remembering import remember, remembered
from tenants.records.importing.targets import targets_of
from tenants.records.jobs.actions import finish, run_now, start_job
from tenants.records.models import Job
from tenants.records.order import in_order
from tenants.records.queries import require
from tenants.records.registry import RecordType, record_types, type_named

SMALL_BYTES = 200_000
SMALL_ROWS = 200
MOST_ROWS_SENT = 10_000


def upload(*, file: Any, name: str, type_name: str, by: Actor, size: int) -> Job:
    """Keep a file and look at its beginning; the draft holds what was found. Raises BadFile, Denied, NotFound."""
    record_type = type_named(type_name) if type_name else None
    if record_type and not (by.may("create", record_type.name) or by.may("edit", record_type.name)):
        raise Denied(_("You may not import %(what)s.") % {"what": record_type.label})
    check_size(size)
    kind = kind_of(file)
    file.seek(0)
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
    sections = [] if record_type else _sections(kept, kind)
    if not record_type and not sections:
        raise Invalid({"type": [_("Say what the file holds: contacts, accounts, …")]})
    params: dict[str, Any] = {"file": kept, "name": name, "kind": kind, "options": {}, "plans": []}
    job = start_job(
        kind="import_preview", label=_("Look at %(name)s") % {"name": name}, by=by, params=params, is_small=True,
        record_type=record_type.name if record_type else "",
    )  # fmt: skip
    if record_type:
        _look(job, record_type, by)
    else:
        _plan_whole(job, sections, by)
    finish(job, JobState.DONE)
    return job


def _look(job: Job, record_type: RecordType, by: Actor) -> None:
    """Read the head, guess the columns, note what was found."""
    with open_table(job.params["file"], job.params["kind"], job.params["options"]) as table:
        rows = [row.cells for _n, row in zip(range(HEAD_ROWS), table.rows, strict=False) if not row.problem]
        if not rows:
            raise BadFile(_("This file has the names of columns but no row below them."))
        known = dict(remembered(by, record_type.name, table.headers)) | dict.fromkeys(_ours(table.headers), "")
        columns = guess_columns(record_type, targets_of(record_type), table.headers, rows, known)
        job.result = {"headers": table.headers, "notes": list(dict.fromkeys(table.notes)), "details": table.details}
    plan = rekeyed(Plan(type_name=record_type.name, columns=tuple(columns)))
    job.params = job.params | {"plans": [plan.dumped()]}
    job.save(update_fields=["params", "result", "updated_at"])


def _ours(headers: Sequence[str]) -> list[str]:
    return [header for header in headers if header.startswith(MARK)]


# A whole company


def _sections(kept: str, kind: str) -> list[RecordType]:
    """The types in a file of several, in the order in which they can be brought in."""
    with open_file(kept) as file:
        names = csv_members(opened(file)) if kind == "zip" else _json_types(file) if kind == "json" else ()
        return in_order(one for one in record_types() if one.name in names)


def _json_types(file: BinaryIO) -> list[str]:
    try:
        found: Any = next(ijson.items(file, "types"), [])
    except ijson.JSONError:
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def _plan_whole(job: Job, sections: Sequence[RecordType], by: Actor) -> None:
    """Everything by its own name, matched by id; what rules would derive is taken as it was."""
    require(by, "edit", "settings")
    plans: list[Plan] = []
    for one in sections:
        with open_table(job.params["file"], job.params["kind"], {"section": one.name}) as table:
            plans.append(_whole_plan(one, table.headers))
    job.params = job.params | {"plans": [plan.dumped() for plan in plans], "is_whole": True}
    job.result = {"headers": [], "notes": [], "details": {}}
    job.save(update_fields=["params", "result", "updated_at"])


def _whole_plan(one: RecordType, headers: Sequence[str]) -> Plan:
    targets = targets_of(one, is_whole=True)
    columns = tuple(Column(header, header if header in targets else "") for header in headers)
    natural = ["+".join(one.natural)] if one.natural else []
    return Plan(
        type_name=one.name, columns=columns, keys=("id", "external_id", *natural), owners="empty", is_whole=True,
        section=one.name,
    )  # fmt: skip


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
        headers = [column.header for column in plan.columns]
        remember(type_name=plan.type_name, headers=headers, targets={c.header: c.target for c in plan.columns}, by=by)
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
        for plan in locked.params["plans"]:
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


def drop_draft(*, draft: Job, by: Actor) -> None:
    """Forget a file that is not going to be imported."""
    if not Job.objects.filter(kind="import", params__draft=str(draft.pk)).exists():
        default_storage.delete(draft.params["file"])
    draft.delete()
