"""Reads of stand-ins."""

from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from tenants.identity.enums import SETTINGS
from tenants.identity.models import Delegation
from tenants.kernel.actors import Actor
from tenants.kernel.errors import NotFound


def stand_ins(actor: Actor, *, only_own: bool = False) -> QuerySet[Delegation]:
    """Those the actor may see, current ones first: their own, or everybody's for who may change the settings."""
    rows = Delegation.objects.select_related("lender", "borrower").annotate(
        is_over=Case(When(still_on(), then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    if only_own or not actor.may("edit", SETTINGS):
        rows = rows.filter(Q(lender=actor.user_id) | Q(borrower=actor.user_id)) if actor.user_id else rows.none()
    return rows.order_by("is_over", "-until", "-created_at")


def still_on() -> Q:
    """Neither ended nor run out."""
    return Q(ended_at=None, until__gt=timezone.now())


def stand_in_by_id(actor: Actor, stand_in_id: UUID) -> Delegation:
    """One that the actor may see, or NotFound."""
    found = stand_ins(actor).filter(pk=stand_in_id).first()
    if not found:
        raise NotFound("There is no such stand-in.")
    return found
