"""What pages and programs are shown of fleet commands. In public."""

from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from tenants.fleet.commands.kinds import COMMAND
from tenants.fleet.models import CommandLine, LineState, Operation
from tenants.kernel.errors import NotFound

TONES = {
    LineState.WOULD: ("info", "info-circle"),
    LineState.CHANGED: ("good", "check"),
    LineState.FAILED: ("bad", "alert-triangle"),
    LineState.REVERTED: ("warn", "arrow-back-up"),
}


def runs(*, agency_id: UUID | None = None) -> QuerySet[Operation]:
    """Newest first; given an agency, its own."""
    rows = Operation.objects.filter(kind=COMMAND.name).order_by("-id")
    return rows.filter(agency_id=agency_id) if agency_id else rows


def run_by_id(operation_id: UUID, *, agency_id: UUID | None = None) -> Operation:
    found = runs(agency_id=agency_id).filter(pk=operation_id).first()
    if not found:
        raise NotFound(_("No such run"))
    return found


def lines_of(operation: Operation, state: str = "") -> QuerySet[CommandLine]:
    rows = CommandLine.objects.filter(operation_id=operation.pk).order_by("id")
    return rows.filter(state=state) if state else rows


def line_counts(operation: Operation) -> dict[str, int]:
    return dict(lines_of(operation).order_by().values_list("state").annotate(Count("pk")))


def tone_of(line: CommandLine) -> tuple[str, str]:
    """Tone and icon of its tag."""
    return TONES.get(LineState(line.state), ("", "clock"))
