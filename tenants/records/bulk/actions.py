"""Starting a bulk action: checked before anything is written, run at once when it is small."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.bulk.protocol import BulkAction
from tenants.records.bulk.selection import Selection
from tenants.records.jobs.actions import run_now, start_job
from tenants.records.locale import number
from tenants.records.models import Job
from tenants.records.queries import require
from tenants.records.registry import RecordType

AT_ONCE = 200
"""Up to so many rows the one who asks may wait for the answer."""


def start_bulk(
    *, record_type: RecordType, action: BulkAction, selection: Selection, values: Mapping[str, Any], by: Actor
) -> Job:
    """Do `action` to the selected rows, as a job: over already when it is small.

    Values are checked first. Raises Invalid, Denied; what single rows refuse is in the job's lines.
    """
    require(by, action.verb, record_type.name)
    checked = action.clean(record_type, values, by)
    count = selection.rows(by, record_type).order_by().count()
    missing = len(selection.ids) - count if selection.ids else 0
    if not count and not missing:
        raise Invalid({"filter": [_("No rows match, so there is nothing to do.")]})
    is_small = count <= AT_ONCE
    job = start_job(
        kind="bulk", label=title(record_type, action, count), by=by, record_type=record_type.name,
        total=count + missing, is_small=is_small,
        params={"action": action.name, "values": checked, "selection": selection.as_json()},
    )  # fmt: skip
    return run_now(job) if is_small else job


def title(record_type: RecordType, action: BulkAction, count: int) -> str:
    """“Edit 20,000 contacts”."""
    what = record_type.singular if count == 1 else record_type.label.lower()
    return _("%(do)s %(count)s %(what)s") % {"do": action.label, "count": number(count), "what": what}
