"""What is said about a job."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.records.enums import JobState, Outcome
from tenants.records.locale import number
from tenants.records.models import Job

TONES = {
    Outcome.CREATED: "good", Outcome.UPDATED: "good", Outcome.SKIPPED: "warn", Outcome.FAILED: "bad",
}  # fmt: skip


def figures(job: Job) -> list[tuple[str, str, int, str]]:
    """(outcome, label, rows, tone) of each outcome that occurred."""
    return [
        (outcome.value, str(outcome.label), job.counts[outcome], TONES[outcome])
        for outcome in Outcome
        if job.counts.get(outcome)
    ]


def tone(job: Job) -> str:
    """good, warn or bad; nothing while it runs."""
    if job.state in (JobState.QUEUED, JobState.RUNNING):
        return ""
    if job.state == JobState.FAILED:
        return "bad"
    has_faults = job.counts.get(Outcome.FAILED) or job.counts.get(Outcome.SKIPPED)
    return "warn" if job.state == JobState.STOPPED or has_faults else "good"


def done_text(job: Job) -> str:
    """One sentence for the end of a job: what it was, and how many rows did not go well."""
    if job.state == JobState.FAILED:
        return _("%(what)s failed: %(why)s") % {"what": job.label, "why": job.error}
    word = _("%(what)s: stopped") if job.state == JobState.STOPPED else _("%(what)s: done")
    parts = [word % {"what": job.label}]
    failed, skipped = job.counts.get(Outcome.FAILED, 0), job.counts.get(Outcome.SKIPPED, 0)
    if failed:
        parts.append(ngettext("%(n)s failed", "%(n)s failed", failed) % {"n": number(failed)})
    if skipped:
        parts.append(ngettext("%(n)s skipped", "%(n)s skipped", skipped) % {"n": number(skipped)})
    return ", ".join(parts) + "."
