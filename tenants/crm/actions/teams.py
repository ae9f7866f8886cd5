"""Who works on an account or a deal beside its owner."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.crm.enums import SeatRole
from tenants.crm.models import Account, Deal, Seat
from tenants.crm.queries import team_of
from tenants.identity.queries import active_users
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.actions import note_change
from tenants.records.queries import require_on
from tenants.records.registry import type_of

MOST_SEATS = 50


@transaction.atomic
def set_team(*, record: Account | Deal, seats: Mapping[UUID, str], by: Actor) -> list[Seat]:
    """Give an account or a deal exactly this team: user ids with their roles. Raises Invalid, Denied."""
    found = type_of(record)
    assert found
    require_on(by, "edit", record)
    _check(seats)
    type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
    before = list(team_of(record))
    if {seat.user_id: seat.role for seat in before} == dict(seats):
        return before
    Seat.objects.filter(record_type=found.name, record_id=record.pk).delete()
    Seat.objects.bulk_create(
        Seat(record_type=found.name, record_id=record.pk, user_id=user_id, role=role) for user_id, role in seats.items()
    )
    after = list(team_of(record))
    note_change(record=record, action="team", changes={"team": [_words(before), _words(after)]}, by=by)
    return after


def _check(seats: Mapping[UUID, str]) -> None:
    if len(seats) > MOST_SEATS:
        raise Invalid({"team": [_("A team has at most %(most)d people.") % {"most": MOST_SEATS}]})
    strange = next((role for role in seats.values() if role not in SeatRole.values), None)
    if strange is not None:
        raise Invalid({"role": [_("Choose one of: %(known)s.") % {"known": ", ".join(SeatRole.values)}]})
    known = set(active_users().filter(pk__in=seats).values_list("pk", flat=True))
    if len(known) != len(seats):
        raise Invalid({"user_id": [_("There is no such colleague, or they have left. Choose somebody of People.")]})


def _words(seats: list[Seat]) -> str:
    return ", ".join(f"{seat.user} ({SeatRole(seat.role).label})" for seat in seats)


def seats_from(rows: list[Any]) -> dict[UUID, str]:
    """Rows of user id and role as `set_team` wants them. Raises Invalid for a person named twice."""
    seats: dict[UUID, str] = {}
    for user_id, role in rows:
        if user_id in seats:
            raise Invalid({"user_id": [_("Name each person once.")]})
        seats[user_id] = role
    return seats
