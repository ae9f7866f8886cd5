"""Teams: who works together, within which larger team, and who leads."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.models import Team, TeamMember, User
from tenants.identity.permits import forget_permits
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid, NotFound

LONGEST_NAME = 80
DEEPEST = 10


def teams() -> QuerySet[Team]:
    """All teams by name, with their people (`people`, leaders first) and how many there are (`size`)."""
    people = TeamMember.objects.select_related("user").order_by("-is_leader", "user__name")
    rows = Team.objects.select_related("parent").annotate(size=Count("memberships"))
    return rows.prefetch_related(Prefetch("memberships", people, to_attr="people")).order_by("name")


def team_by_id(team_id: UUID) -> Team:
    found = teams().filter(pk=team_id).first()
    if not found:
        raise NotFound("There is no such team.")
    return found


@transaction.atomic
def create_team(
    *, name: str, by: Actor, parent: Team | None = None, members: Iterable[UUID] = (), leaders: Iterable[UUID] = ()
) -> Team:
    """Raises Denied, Invalid."""
    _require(by)
    team = _kept(Team(name=_checked_name(name), parent=parent))
    _set_people(team, members, leaders)
    audit("team.created", by=by, subject=team.name)
    return team


@transaction.atomic
def update_team(*, team: Team, name: str, parent: Team | None, by: Actor) -> Team:
    """Rename, or move into another team. Raises Denied, Invalid (also for a circle of teams)."""
    _require(by)
    # Moves wait for each other, so that two of them cannot close a circle.
    list(Team.objects.select_for_update().order_by("pk").values_list("pk"))
    found = Team.objects.get(pk=team.pk)
    _refuse_circle(found, parent)
    before, found.name, found.parent = found.name, _checked_name(name), parent
    _kept(found)
    audit("team.changed", by=by, subject=found.name, before=before, parent=parent.name if parent else "")
    return found


@transaction.atomic
def set_team_people(*, team: Team, members: Iterable[UUID], leaders: Iterable[UUID], by: Actor) -> Team:
    """These are the team, and those of them lead it. Who leads is a member as well."""
    _require(by)
    _set_people(team, members, leaders)
    audit("team.people_changed", by=by, subject=team.name)
    return team


@transaction.atomic
def delete_team(*, team: Team, by: Actor) -> None:
    """Its people stay; teams within it move up to the team it was in."""
    _require(by)
    Team.objects.filter(parent=team.pk).update(parent=team.parent_id)
    Team.objects.filter(pk=team.pk).delete()
    audit("team.deleted", by=by, subject=team.name)


def _set_people(team: Team, members: Iterable[UUID], leaders: Iterable[UUID]) -> None:
    leading = set(leaders)
    wanted = {*members, *leading}
    known = set(User.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if unknown := wanted - known:
        raise Invalid({"members": [_("There is no such person: %(id)s.") % {"id": sorted(map(str, unknown))[0]}]})
    TeamMember.objects.filter(team=team).exclude(user__in=known).delete()
    rows = [TeamMember(team=team, user_id=user_id, is_leader=user_id in leading) for user_id in known]
    TeamMember.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["team", "user"], update_fields=["is_leader"]
    )
    forget_permits()


def _refuse_circle(team: Team, parent: Team | None) -> None:
    above = parent
    for _step in range(DEEPEST):
        if above is None:
            return
        if above.pk == team.pk:
            raise Invalid({"parent": [_("A team cannot be within itself, or within one of its own teams.")]})
        above = above.parent
    raise Invalid({"parent": [_("Teams may be at most %(most)d deep.") % {"most": DEEPEST}]})


def _kept(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Invalid({"name": [_("There is a team of this name already.")]}) from error
    return team


def _checked_name(name: str) -> str:
    text = " ".join(name.replace("\x00", "").split())
    if not text or len(text) > LONGEST_NAME:
        raise Invalid({"name": [_("Write a name of at most %(most)d characters.") % {"most": LONGEST_NAME}]})
    return text


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change the teams."))
