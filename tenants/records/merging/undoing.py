"""Parting what was merged: every column and every pointer as it was, unless changed since."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict
from tenants.records import actions
from tenants.records.changes import write_history
from tenants.records.custom.sealing import carried, is_same
from tenants.records.enums import PairState
from tenants.records.jobs.undoing import kept_value, raw_of
from tenants.records.merging.links import Moved, links_to, tell_moved
from tenants.records.merging.rows import columns_from, row_of
from tenants.records.models import Merge, Pair
from tenants.records.queries import require, require_on
from tenants.records.registry import RecordType, type_named


@dataclass
class Report:
    """What an undo brought back, and what it left because somebody had changed it."""

    restored: int = 0
    moved_back: int = 0
    left: list[str] = field(default_factory=list)


@transaction.atomic
def undo_merge(*, merge: Merge, by: Actor) -> Report:
    """Part the records of a merge again. Emits `<model>.unmerged`. Raises Conflict, Denied."""
    record_type = type_named(merge.record_type)
    require(by, "edit", record_type.name)
    require(by, "delete", record_type.name)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    kept = _kept(merge, record_type)
    require_on(by, "edit", kept)
    report = Report()
    changes = _restore_kept(merge, record_type, kept, report)
    for record_id in merge.merged_ids:
        _restore_merged(merge, record_type, str(record_id), report, by)
    for moved in merge.moved:
        _move_back(moved, merge, record_type, report, by)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at", "updated_at"])
    kept.refresh_from_db()
    record_type.saved(kept, changes, by)
    actions.note_change(record=kept, action="unmerged", changes=changes, by=by)
    return report


def _kept(merge: Merge, record_type: RecordType) -> Any:
    if merge.undone_at:
        raise Conflict(_("This merge is undone already."))
    kept = record_type.model._default_manager.select_for_update().filter(pk=merge.kept_id).first()
    if not kept:
        raise Conflict(_("The kept record is gone for good, so this cannot be undone."))
    if kept.deleted_at:
        later = Merge.objects.filter(merged_ids__contains=[kept.pk], undone_at=None).first()
        words = _("It was merged again since. Undo that first.") if later else _("Restore the kept record first.")
        raise Conflict(words)
    return kept


def _restore_kept(merge: Merge, record_type: RecordType, kept: Any, report: Report) -> dict[str, Any]:
    """Its columns as before, where they still are what the merge wrote; the history of that."""
    written, now = merge.before["after"], row_of(kept)
    back = [name for name, value in written.items() if _still(record_type, kept, name, now.get(name), value)]
    for name in written.keys() - set(back):
        known = {one.path: one.label for one in record_type.own_fields.values()}
        label = known.get(name.removesuffix("_id"), name)
        report.left.append(_("%(field)s of %(name)s was changed since") % {"field": label, "name": kept})
    columns = columns_from(record_type.model, merge.before["rows"][str(kept.pk)], back)
    if "custom" in columns:
        columns["custom"] = carried(record_type, columns["custom"], source=kept, target=kept, known=kept.custom)
    fields = record_type.all_fields
    before = {name: kept_value(one, kept) for name, one in fields.items()}
    record_type.model._default_manager.filter(pk=kept.pk).update(**columns, version=kept.version + 1)
    fresh = record_type.model._default_manager.get(pk=kept.pk)
    after = {name: kept_value(one, fresh) for name, one in fields.items()}
    return {
        name: [before[name], value]
        for name, value in after.items()
        if raw_of(before[name]) != raw_of(value) and name not in ("created_at", "updated_at")
    }


def _still(record_type: RecordType, kept: Any, name: str, now: Any, written: Any) -> bool:
    """Whether a column is as the merge left it; a key that was renewed since changes nothing."""
    return is_same(record_type, kept, now, written) if name == "custom" else bool(now == written)


def _restore_merged(merge: Merge, record_type: RecordType, record_id: str, report: Report, by: Actor) -> None:
    rows = record_type.model._default_manager.filter(pk=record_id)
    found = rows.first()
    if not found:
        report.left.append(_("One of the records is gone for good"))
        return
    if found.deleted_at:
        actions.restore_record(record=found, by=by)
        report.restored += 1
    before = merge.before["rows"][record_id]
    if before["external_id"] and not found.external_id:
        rows.update(external_id=before["external_id"])
        write_history(record_type, [(found.pk, {"external_id": [None, before["external_id"]]})], by=by)


def _names(merge: Merge, record_type: RecordType) -> dict[str, str]:
    title = record_type.model.title_field
    return {pk: str(row.get(title) or "") for pk, row in merge.before["rows"].items()}


def _move_back(moved: Moved, merge: Merge, record_type: RecordType, report: Report, by: Actor) -> None:
    if "pairs" in moved:
        Pair.objects.filter(pk__in=moved["pairs"], state=PairState.MERGED).update(state=PairState.OPEN)
        return
    link = next((one for one in links_to(record_type) if one.name == moved["link"]), None)
    if not link:
        report.left.append(_("%(rows)s rows of a part that is no longer there") % {"rows": len(moved["rows"])})
        return
    back = link.put_back(moved)
    staying = [row["pk"] for row in moved["rows"] if row["pk"] not in set(back)]
    tell_moved(link, moved | {"left": staying}, _names(merge, record_type), by, is_back=True)
    report.moved_back += len(back)
    if left := len(staying):
        words = _("%(rows)s %(what)s were moved or removed since")
        report.left.append(words % {"rows": left, "what": link.label})
