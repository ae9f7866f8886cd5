"""What becomes of the kernel's tables when a company is copied."""

from tenants.directory.task import send
from tenants.kernel.copies import EVERYWHERE, NOWHERE, PACKAGES, Copy, Else, Facts, once_open, table, then
from tenants.records.custom.memory import forget_fields
from tenants.records.models import CustomField, Note
from tenants.records.notes.text import clean

PIECE = 500

# What was under way stays where it was: a copy must not do it once more.
ENDED = Else("CASE WHEN state IN ('queued', 'running') THEN 'stopped' ELSE state END")
table("records.Event", comes=NOWHERE)
table("records.Undelivered", comes=NOWHERE)
table("records.Job", comes=PACKAGES, else_as={"state": ENDED, "finished_at": Else("coalesce(finished_at, now())")})
table("records.JobLine", comes=PACKAGES)
table("records.SearchLog", comes=PACKAGES)
table("records.CustomField", comes=EVERYWHERE)
table("records.Tag", comes=EVERYWHERE)
table("records.SavedView", comes=EVERYWHERE, only={Copy.SHAPE: "audience <> 'private'"})
table("records.Rule", comes=EVERYWHERE)


@then
def clean_notes(facts: Facts) -> None:
    """A package is somebody's file: what it says a note looks like is looked at as if it were typed."""
    for note in Note.objects.only("body").iterator(PIECE) if facts.copy in PACKAGES else ():
        if (body := clean(note.body)) != note.body:
            Note.objects.filter(pk=note.pk).update(body=body)


@once_open
def fit_indexes(facts: Facts) -> None:
    """Own fields that are quick to filter have an index beside those of the template."""
    from tenants.records.custom.tasks import fit_index

    forget_fields()
    for field_id in CustomField.objects.values_list("pk", flat=True):
        send(fit_index, field_id=str(field_id))
