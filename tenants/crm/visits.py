"""The way of a deal: how long it stood in which stage."""

from django.db.models import QuerySet

from tenants.crm.models import Deal, StageVisit
from tenants.kernel.actors import Actor


def note_visit(deal: Deal, by: Actor) -> None:
    """A deal has come to its stage: it has left the one before. In the write's transaction."""
    if deal.version > 1:
        StageVisit.objects.filter(deal=deal, left_at=None).update(left_at=deal.stage_changed_at)
    StageVisit.objects.create(
        deal=deal, stage=deal.stage, entered_at=deal.stage_changed_at, entered_by_name=by.name[:120]
    )


def visits_of(deal: Deal) -> "QuerySet[StageVisit]":
    """Where it stood, the first first."""
    return StageVisit.objects.filter(deal=deal).select_related("stage").order_by("entered_at", "id")
