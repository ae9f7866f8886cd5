"""What the kernel of records offers the house: its pages of care for the data, its settings."""

from django.utils.translation import gettext_lazy as _

from tenants.kernel.modules import Module, NavItem
from tenants.records.outbox.catalogue import EventKind

NOTE = {"note_id": _("The note")}
EVENTS = (
    EventKind(name="note.created", label=_("Note: written"), payload=NOTE),
    EventKind(name="note.updated", label=_("Note: changed"), payload=NOTE),
    EventKind(name="note.deleted", label=_("Note: deleted"), payload=NOTE),
    EventKind(name="note.restored", label=_("Note: brought back"), payload=NOTE),
    EventKind(
        name="note.mentioned", label=_("Note: somebody mentioned"),
        payload=NOTE | {"user_ids": _("Who is mentioned"), "by": _("The name of who wrote it")},
    ),
    EventKind(name="file.added", label=_("File: added"), payload={"file_id": _("The file")}),
    EventKind(
        name="job.finished", label=_("Job: ended"), is_inner=True,
        payload={"job_id": _("The job"), "state": _("done, failed or stopped")},
    ),
    EventKind(
        name="records.exported", label=_("Records: taken out as a file"), is_inner=True,
        payload={
            "types": _("Which types"), "format": _("The kind of file"), "rows": _("How many records"),
            "filter": _("Which records"), "by": _("The name of who took them"), "user_id": _("The person"),
        },
    ),
)  # fmt: skip
module = Module(
    name="records",
    events=EVENTS,
    label=_("Records"),
    nav=(
        NavItem(label=_("Duplicates"), url="/duplicates/", icon="copy", section=_("Data"), order=82),
        NavItem(label=_("Recycle bin"), url="/bin/", icon="trash", section=_("Data"), order=83),
        NavItem(label=_("Jobs"), url="/jobs/", icon="progress-check", section=_("Data"), order=84),
    ),
    settings_nav=(
        NavItem(label=_("Fields"), url="/settings/fields/", icon="forms", section="", subject="settings"),
        NavItem(label=_("Tags"), url="/settings/tags/", icon="tags", section="", subject="settings"),
        NavItem(label=_("Search"), url="/settings/search/", icon="search", section="", subject="settings"),
        NavItem(label=_("Events"), url="/settings/events/", icon="activity", section="", subject="settings"),
        NavItem(
            label=_("Time machine"),
            url="/settings/time-machine/",
            icon="history-toggle",
            section="",
            subject="settings",
        ),
    ),
)
