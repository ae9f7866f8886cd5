"""The way of a deal: how long it stood in which stage."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from tenants.crm.models import Deal, StageVisit
from tenants.kernel.actors import Actor
from tenants.records.importing.resolving import derived_id


def note_visit(deal: Deal, by: Actor) -> None:
    """A deal has come to its stage: it has left the one before. In the write's transaction."""
    if deal.version > 1:
        StageVisit.objects.filter(deal=deal, left_at=None).update(left_at=deal.stage_changed_at)
    StageVisit.objects.create(
        deal=deal, stage=deal.stage, entered_at=deal.stage_changed_at, entered_by_name=by.name[:120]
    )


def note_first_visit(deal: Deal, by: Actor) -> None:
    """A deal that came from another company stands in its stage; unless the way it went comes after it."""
    StageVisit.objects.create(
        id=derived_id(deal.pk), deal=deal, stage=deal.stage, entered_at=deal.stage_changed_at,
        entered_by_name=by.name[:120],
    )  # fmt: skip


def forget_first_visits(deal_ids: Iterable[UUID]) -> None:
    """What `note_first_visit` wrote of these deals."""
    StageVisit.objects.filter(pk__in=[derived_id(one) for one in deal_ids]).delete()


def visits_of(deal: Deal) -> "QuerySet[StageVisit]":
    """Where it stood, the first first."""
    return StageVisit.objects.filter(deal=deal).select_related("stage").order_by("entered_at", "id")
