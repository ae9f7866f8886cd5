"""Groups of SCIM are our teams; some of them say besides which role their members have."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tenants.identity import teams as acts
from tenants.identity.enums import OWNER
from tenants.identity.models import ScimClient, ScimItem, Team, TeamMember, User
from tenants.identity.people import change_role
from tenants.identity.scim.errors import ScimError
from tenants.identity.scim.patching import Changes, ids_of
from tenants.kernel.actors import Actor

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
COLUMNS = {
    "id": "pk", "displayname": "name", "externalid": "scim__external_id", "members": "memberships__user__pk",
    "members.value": "memberships__user__pk", "meta.lastmodified": "updated_at",
}  # fmt: skip


def groups() -> QuerySet[Team]:
    return Team.objects.select_related("scim").prefetch_related("memberships__user").order_by("pk").distinct()


def group_by_id(team_id: UUID) -> Team:
    found = groups().filter(pk=team_id).first()
    if not found:
        raise ScimError("There is no such group.", status=404)
    return found


@transaction.atomic
def create_group(client: ScimClient, body: dict[str, Any], by: Actor) -> Team:
    name = str(body.get("displayName") or "").strip()
    if Team.objects.filter(name=name).exists():
        raise ScimError(f"A group {name} is here already.", status=409, kind="uniqueness")
    members = _known(ids_of(body.get("members") or []))
    team = acts.create_team(name=name, members=members, by=by)
    ScimItem.objects.create(team=team, external_id=str(body.get("externalId") or "")[:255])
    settle_roles(client, members, by)
    return group_by_id(team.pk)


@transaction.atomic
def change_group(client: ScimClient, team: Team, changes: Changes, by: Actor) -> Team:
    """Rename, and put in and take out members in the order told."""
    values, before = changes.values, _members_of(team)
    if values.get("displayname"):
        acts.update_team(team=team, name=str(values["displayname"]), parent=team.parent, by=by)
    if "externalid" in values:
        told = {"external_id": str(values["externalid"] or "")[:255]}
        ScimItem.objects.update_or_create(team=team, defaults=told)
    after = set(before)
    for operation, ids in changes.members:
        named = set(_known(ids, strict=operation != "remove"))
        after = {"add": after | named, "remove": after - named, "replace": named}[operation]
    if after != before:
        leaders = TeamMember.objects.filter(team=team, is_leader=True, user__in=after).values_list("user_id", flat=True)
        acts.set_team_people(team=team, members=after, leaders=list(leaders), by=by)
    settle_roles(client, before | after, by)
    return group_by_id(team.pk)


@transaction.atomic
def delete_group(client: ScimClient, team: Team, by: Actor) -> None:
    members = _members_of(team)
    acts.delete_team(team=team, by=by)
    settle_roles(client, members, by)


def _members_of(team: Team) -> set[UUID]:
    return set(TeamMember.objects.filter(team=team).values_list("user_id", flat=True))


def _known(ids: list[str], *, strict: bool = True) -> list[UUID]:
    """Raises ScimError for ids of nobody."""
    found = []
    for one in ids:
        try:
            found.append(UUID(one))
        except ValueError as error:
            raise ScimError(f"There is no user {one[:60]}.", kind="invalidValue") from error
    known = set(User.objects.filter(pk__in=found).values_list("pk", flat=True))
    if strict and (unknown := set(found) - known):
        raise ScimError(f"There is no user {sorted(map(str, unknown))[0]}.", kind="invalidValue")
    return [one for one in found if one in known]


def settle_roles(client: ScimClient, user_ids: Any, by: Actor) -> None:
    """Give each of these people the role of the first listed group it is in; none of them: the usual role."""
    if not client.role_groups:
        return
    roles = {slug for _name, slug in client.role_groups}
    people = User.objects.select_related("role").prefetch_related("teams").filter(pk__in=set(user_ids), is_active=True)
    for user in people:
        now, names = user.role.slug if user.role else "", {team.name for team in user.teams.all()}
        wanted = next((slug for name, slug in client.role_groups if name in names), "")
        if not wanted and now in roles:
            wanted = client.default_role.slug
        if wanted and wanted != now and OWNER not in (wanted, now):
            change_role(user=user, role=wanted, by=by)


def shown_group(team: Team, base_url: str) -> dict[str, Any]:
    item: ScimItem | None = getattr(team, "scim", None)
    members = [
        {"value": str(one.user_id), "display": one.user.name, "$ref": f"{base_url}/scim/v2/Users/{one.user_id}"}
        for one in team.memberships.all()
    ]
    found: dict[str, Any] = {
        "schemas": [SCHEMA],
        "id": str(team.pk),
        "displayName": team.name,
        "members": members,
        "meta": {
            "resourceType": "Group", "created": team.created_at.isoformat(),
            "lastModified": team.updated_at.isoformat(), "location": f"{base_url}/scim/v2/Groups/{team.pk}",
        },
    }  # fmt: skip
    return found | ({"externalId": item.external_id} if item and item.external_id else {})
