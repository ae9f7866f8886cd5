"""Who gets a record: a team's members or a list of people, in turn, by weight, fairly under any load."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param
from tenants.automation.definition.scopes import id_of
from tenants.automation.engine.step import Step
from tenants.automation.kinds.writing import target
from tenants.automation.models import Rotation
from tenants.identity.queries import active_users
from tenants.identity.teams import team_by_id
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record

PEOPLE = _("People")
MOST_WEIGHT = 1_000
User = get_user_model()


def next_of(candidates: Sequence[UUID], weights: Mapping[str, int], given: Mapping[str, int]) -> UUID:
    """Who has been given least for their weight; of several the first. After n turns nobody is off by more than one."""
    return min(candidates, key=lambda one: (given.get(str(one), 0) + 1) / weights.get(str(one), 1))


def taken_turn(workflow_id: UUID, step_id: str, candidates: Sequence[UUID], weights: Mapping[str, int]) -> UUID:
    """The next one, noted. Two workers at one moment wait for each other on the row."""
    Rotation.objects.bulk_create([Rotation(workflow_id=workflow_id, step_id=step_id)], ignore_conflicts=True)
    row = Rotation.objects.select_for_update().get(workflow_id=workflow_id, step_id=step_id)
    chosen = next_of(candidates, weights, _caught_up(candidates, weights, row.given))
    row.given = {**_caught_up(candidates, weights, row.given)}
    row.given[str(chosen)] = row.given.get(str(chosen), 0) + 1
    row.save(update_fields=["given", "updated_at"])
    return chosen


def _caught_up(candidates: Sequence[UUID], weights: Mapping[str, int], given: Mapping[str, int]) -> dict[str, int]:
    """Who is new in the round starts where the others are, not with all that they have missed."""
    known = [given[str(one)] / weights.get(str(one), 1) for one in candidates if str(one) in given]
    level = min(known) if known else 0
    fresh = {str(one): int(level * weights.get(str(one), 1)) for one in candidates if str(one) not in given}
    return {**given, **fresh}


def _people(step: Step) -> list[UUID]:
    """Active people of the list or the team, in a steady order. Raises Invalid."""
    team_id = id_of(step.params.get("team"))
    if team_id:
        ids = list(team_by_id(team_id).memberships.order_by("created_at").values_list("user_id", flat=True))
    else:
        ids = [one for one in map(id_of, step.params.get("users") or ()) if one]
    active = set(active_users().filter(pk__in=ids).values_list("pk", flat=True))
    found = [one for one in dict.fromkeys(ids) if one in active]
    if not found:
        raise Invalid({"users": [_t("There is nobody to give it to: name active people, or a team that has some.")]})
    return found


def _give(step: Step, user_id: UUID) -> Mapping[str, Any]:
    _record_type, record = target(step)
    update_record(record=record, values={"owner": str(user_id)}, by=step.actor)
    name = str(User.objects.get(pk=user_id))
    return {"user": {"id": str(user_id), "name": name}}


def round_robin(step: Step) -> Mapping[str, Any]:
    return _give(step, taken_turn(step.workflow_id, step.id, _people(step), {}))


def weighted(step: Step) -> Mapping[str, Any]:
    raw = step.params.get("weights") or {}
    if not isinstance(raw, Mapping):
        raise Invalid({"weights": [_t("Give an object of user ids and whole numbers.")]})
    weights = {str(one): int(value) for one, value in raw.items() if 0 < int(value) <= MOST_WEIGHT}
    candidates = [one for one in _people(_with_users(step, list(weights))) if str(one) in weights]
    return _give(step, taken_turn(step.workflow_id, step.id, candidates, weights))


def _with_users(step: Step, users: list[str]) -> Step:
    step.params = {**step.params, "users": users, "team": None}
    return step


USERS = Param(name="users", label=_("People"), kind="users", hint=_("Or choose a team"))
TEAM = Param(name="team", label=_("Team"), kind="team")
OUTPUT = {"user": _("Who got it")}
ACTIONS = (
    ActionKind(
        name="assign_to_team", label=_("Assign to a team"), icon="users", group=PEOPLE, run=round_robin,
        about=_("Its members get records in turn: a record belongs to one person."), outputs=OUTPUT,
        params=(Param(name="team", label=_("Team"), kind="team", is_required=True),),
    ),
    ActionKind(
        name="round_robin_assign", label=_("Assign in turn"), icon="rotate-clockwise", group=PEOPLE, run=round_robin,
        params=(USERS, TEAM), outputs=OUTPUT,
    ),
    ActionKind(
        name="weighted_assign", label=_("Assign by weight"), icon="scale", group=PEOPLE, run=weighted, outputs=OUTPUT,
        params=(Param(name="weights", label=_("Weights"), kind="json", is_required=True,
                      hint=_("User id to weight: who has 2 gets twice as many as who has 1")),),
    ),
)  # fmt: skip
