"""The audit as a file, through the writers of every export."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenants.identity.auditing.writing import audit
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.exporting.columns import Column
from tenants.records.exporting.writers import CsvWriter, JsonWriter

FORMATS = ("csv", "json")
MOST_ROWS = 200_000
BATCH = 2_000


def export_audit(rows: QuerySet[AuditEntry], *, file_format: str, by: Actor) -> IO[bytes]:
    """A file that is gone once closed. Taking it is noted, and not part of it. Raises Invalid."""
    if file_format not in FORMATS:
        raise Invalid({"format": [_("Choose one of: %(known)s.") % {"known": ", ".join(FORMATS)}]})
    total = rows.order_by().count()
    if total > MOST_ROWS:
        raise Invalid({"since": [_("These are more than %(most)d entries. Choose fewer days.") % {"most": MOST_ROWS}]})
    file = TemporaryFile()  # noqa: SIM115 - whoever answers with it closes it
    writer = CsvWriter(file, _columns(), by_name=True) if file_format == "csv" else JsonWriter(file, _columns())
    writer.write(rows.order_by("number").iterator(BATCH))
    writer.close()
    file.seek(0)
    audit("audit.exported", by=by, rows=total, format=file_format)
    return file


def _columns() -> list[Column]:
    names = (
        "number", "created_at", "actor_name", "user_id", "action", "subject", "details", "machine", "request_id",
        "id", "chain", "previous", "digest",
    )  # fmt: skip
    return [Column(name, name, _value(name)) for name in names]


def _value(name: str) -> Callable[[Any], Any]:
    return lambda entry: getattr(entry, name)
