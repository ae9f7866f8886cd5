"""Asking for an export."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.exporting.rows import rows_for
from tenants.records.jobs.actions import run_now, start_job
from tenants.records.models import File, Job
from tenants.records.order import in_order
from tenants.records.queries import require
from tenants.records.registry import RecordType, record_types
from tenants.records.sight import sight
from tenants.records.whole.writing import count_of

FORMATS = ("csv", "xlsx", "json", "pdf")
WHOLE_FORMATS = ("csv", "json")
SMALL_ROWS = 2_000
MOST_PDF_ROWS = 2_000
MOST_IDS = 10_000
KEPT_DAYS = 7


def export_list(*, record_type: RecordType, file_format: str, asked: Mapping[str, Any], by: Actor) -> Job:
    """A list as a file. `asked` has filter, q, sort, columns and ids, each if need be.

    A short one is made at once, a long one in the background. Raises Denied, Invalid.
    """
    require(by, "export", record_type.name)
    _check(record_type, file_format, asked)
    total = rows_for(record_type, asked, by).order_by().count()
    if file_format == "pdf" and total > MOST_PDF_ROWS:
        words = {"now": total, "most": MOST_PDF_ROWS}
        raise Invalid(
            {"format": [_("A PDF has at most %(most)d rows; this list has %(now)d. Filter it, or take XLSX.") % words]}
        )
    kept = {name: asked[name] for name in ("filter", "q", "sort", "columns", "ids") if asked.get(name)}
    name = f"{slugify(record_type.label) or record_type.name}-{timezone.localdate():%Y-%m-%d}.{file_format}"
    params = {"types": [record_type.name], "format": file_format, "is_whole": False, "name": name, **kept}
    return _start(record_type.label, params, by, total, record_type.name)


def export_whole(*, types: Sequence[RecordType], file_format: str, by: Actor) -> Job:
    """All records of these types with what hangs on them, in one ZIP that another company can take in.

    Raises Denied, Invalid.
    """
    if not types:
        raise Invalid({"types": [_("Name at least one record type.")]})
    if file_format not in WHOLE_FORMATS:
        raise Invalid({"format": [_("Several types together go into a ZIP of JSON or of CSV.")]})
    for one in types:
        require(by, "export", one.name)
        if sight(by, one) is not None or sight(by, one, "export") is not None or by.permit.limits(one.name):
            words = {"type": one.label.lower()}
            raise Denied(_("Not everything of %(type)s is open to you. Export them as a list.") % words)
    ordered = in_order(types)
    is_all = len(ordered) == len(record_types())
    params = {
        "types": [one.name for one in ordered], "format": file_format, "is_whole": True,
        "name": f"{'everything' if is_all else 'export'}-{timezone.localdate():%Y-%m-%d}.zip",
    }  # fmt: skip
    return _start(_("Everything") if is_all else _("All records"), params, by, count_of(ordered, by), "")


def export_everything(*, file_format: str, by: Actor) -> Job:
    """The whole company. Needs the right to export every type of record. Raises Denied, Invalid."""
    return export_whole(types=record_types(), file_format=file_format, by=by)


def _start(what: str, params: Mapping[str, Any], by: Actor, total: int, type_name: str) -> Job:
    label = _("Export of %(what)s") % {"what": what}
    is_small = total <= SMALL_ROWS and not (params["is_whole"] and File.objects.exists())
    job = start_job(
        kind="export", label=label, by=by, record_type=type_name, total=total, params=params, is_small=is_small
    )
    return run_now(job) if is_small else job


def forget_old(*, most: int = 200) -> int:
    """Files are kept for some days; the line of history stays. How many that were."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    old = list(Job.objects.filter(kind="export", finished_at__lt=before, result__has_key="file")[:most])
    for job in old:
        default_storage.delete(job.result["file"])
        job.result = {}
        job.save(update_fields=["result", "updated_at"])
    return len(old)


def _check(record_type: RecordType, file_format: str, asked: Mapping[str, Any]) -> None:
    errors: dict[str, list[str]] = {}
    if file_format not in FORMATS:
        errors["format"] = [_("Choose one of: %(known)s.") % {"known": ", ".join(FORMATS)}]
    unknown = [str(name) for name in asked.get("columns") or () if name not in record_type.open_fields]
    if unknown:
        errors["columns"] = [_("There is no field %(names)s.") % {"names": ", ".join(unknown)[:200]}]
    if len(asked.get("ids") or ()) > MOST_IDS:
        errors["ids"] = [_("Choose at most %(most)d records, or export the whole list.") % {"most": MOST_IDS}]
    if errors:
        raise Invalid(errors)
