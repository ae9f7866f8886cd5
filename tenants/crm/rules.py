"""What stages and statuses mean, how urgent a step is, what a lead is worth."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.crm.enums import OPEN_TASKS, DealStatus, LeadStatus, Lifecycle, Source, StageKind, TaskStatus, Temperature
from tenants.crm.models import Deal, Lead, Stage, Task
from tenants.crm.models.leads import CHECKLIST
from tenants.kernel.errors import Invalid

KIND_OF = {
    DealStatus.OPEN: StageKind.OPEN,
    DealStatus.WON: StageKind.WON,
    DealStatus.LOST: StageKind.LOST,
    DealStatus.ABANDONED: StageKind.LOST,
}
SOURCE_POINTS = {
    Source.REFERRAL: 20, Source.PARTNER: 15, Source.WEBSITE: 15, Source.EVENT: 10, Source.ADVERTISING: 10,
    Source.COLD_CALL: 5, Source.OTHER: 5,
}  # fmt: skip
FACT_POINTS = {"email": 10, "phone": 10, "company_name": 5, "job_title": 5, "amount": 10}
TICK_POINTS = 10
HOT_FROM, WARM_FROM, MQL_FROM = 70, 40, 50


def follow_stage(deal: Deal, changed: Collection[str]) -> None:
    """Stage and status go together; probability follows, unless somebody set that.

    A new stage sets the status by its kind. A new status moves the deal to its pipeline's
    stage of that kind: an abandoned deal stands among the lost ones. Raises Invalid when
    both are given and do not fit, or the pipeline has no such stage.
    """
    deal.touched_at = timezone.now()
    is_new = deal._state.adding
    if not is_new and not {"stage", "status"} & set(changed):
        return
    if "status" in changed:
        _follow_status(deal, is_stage_given="stage" in changed and not is_new)
    else:
        deal.status = DealStatus(deal.stage.kind)
    deal.stage_changed_at = timezone.now()
    deal.closed_on = None if deal.status == DealStatus.OPEN else timezone.localdate()
    if deal.status in (DealStatus.OPEN, DealStatus.WON):
        deal.lost_reason, deal.lost_note = None, ""
    if "probability" not in changed:
        deal.probability = deal.stage.probability


def _follow_status(deal: Deal, *, is_stage_given: bool) -> None:
    kind = KIND_OF[DealStatus(deal.status)]
    if deal.stage.kind == kind:
        return
    if is_stage_given:
        words = {"stage": deal.stage.name, "status": DealStatus(deal.status).label}
        raise Invalid({"status": [_("%(stage)s is no stage for %(status)s. Send only one of them.") % words]})
    deal.stage = _stage_of_kind(deal, kind)


def _stage_of_kind(deal: Deal, kind: StageKind) -> Stage:
    """Back to where it last stood when it is reopened, else the pipeline's first of the kind."""
    stages = Stage.objects.filter(pipeline_id=deal.stage.pipeline_id, kind=kind, deleted_at=None).order_by("position")
    last = deal.visits.filter(stage__in=stages).order_by("-entered_at").select_related("stage").first()
    found = last.stage if last else stages.first()
    if not found:
        raise Invalid({"status": [_("This pipeline has no stage for that. Add one in Settings, Pipelines.")]})
    return found


def note_completion(task: Task, changed: Collection[str]) -> None:
    if "status" in changed:
        task.completed_at = timezone.now() if task.status == TaskStatus.COMPLETED else None


def urgency(task: Task | None) -> str:
    """CRM-23: overdue is red, due today is yellow, later is green, no next step is grey."""
    if task is None or task.due_at is None or task.status not in OPEN_TASKS:
        return "none"
    now = timezone.now()
    if task.due_at < now:
        return "overdue"
    return "today" if timezone.localtime(task.due_at).date() <= timezone.localdate() else "ok"


def is_rotting(deal: Deal) -> bool:
    """An open deal that nobody has touched for longer than its stage allows."""
    days = deal.stage.rot_days
    if not days or deal.status != DealStatus.OPEN:
        return False
    return timezone.now() - deal.touched_at > timedelta(days=days)


def score_of(lead: Lead) -> int:
    """0 to 100: up to 20 for the source, 40 for what is known, 10 for each tick of the checklist."""
    facts = sum(points for name, points in FACT_POINTS.items() if getattr(lead, name))
    ticks = sum(TICK_POINTS for name in CHECKLIST if getattr(lead, name))
    return min(100, SOURCE_POINTS.get(Source(lead.source), 0) + facts + ticks) if lead.source else facts + ticks


def follow_lead(lead: Lead, changed: Collection[str]) -> None:
    """Score, and what is read from it: the temperature nobody set, the lifecycle it has reached."""
    if LeadStatus.CONVERTED in _statuses(lead, changed):
        fix = _("A converted lead stays converted.") if lead.converted_at else _("Press Convert: it makes the contact.")
        raise Invalid({"status": [fix]})
    lead.score = score_of(lead)
    if not lead.temperature:
        warm = Temperature.WARM if lead.score >= WARM_FROM else Temperature.COLD
        lead.temperature = Temperature.HOT if lead.score >= HOT_FROM else warm
    if "lifecycle" in changed or lead.lifecycle not in (Lifecycle.SUBSCRIBER, Lifecycle.LEAD, Lifecycle.MQL):
        return
    if lead.status == LeadStatus.QUALIFIED:
        lead.lifecycle = Lifecycle.SQL
    elif lead.score >= MQL_FROM:
        lead.lifecycle = Lifecycle.MQL


def _statuses(lead: Lead, changed: Collection[str]) -> set[str]:
    """The statuses that a change of status touches: the new one, and converted if it was that."""
    if "status" not in changed:
        return set()
    return {lead.status, LeadStatus.CONVERTED} if lead.converted_at else {lead.status}
