"""What a person's role, teams, rules, shares and delegations come to: the permit they act with.

Kept in the process for a few seconds, as API keys are: whatever changes one of its parts empties the memory of
every process. Should that word be lost, an old permit goes on for at most `KEPT_SECONDS`.
"""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from tenants.directory.hosts import also_forget, forget_other
from tenants.identity.enums import OWNER
from tenants.identity.models import Delegation, Role, Team, TeamMember, User
from tenants.kernel import context
from tenants.kernel.permits import FieldLimit, Permit, Reach, SharingRule, Standing
from tenants.records.models import Rule, Share
from tenants.records.registry import record_types

KEPT_SECONDS = 5.0
KEPT_AT_MOST = 5_000
_kept: dict[tuple[str, UUID], tuple[float, Permit]] = {}
also_forget("permits", _kept.clear)


def permit_of(user: User) -> Permit:
    """How far the person's grants reach, right now."""
    key = (context.place().salt, user.pk)
    kept = _kept.get(key)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    found = _made(user)
    if len(_kept) >= KEPT_AT_MOST:
        _kept.clear()
    _kept[key] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def _made(user: User, *, borrows: bool = True) -> Permit:
    role = user.role
    if not role:
        return Permit(user_id=user.pk)
    if role.slug == OWNER:  # nothing can be lent to who may everything
        return Permit(user_id=user.pk, role=role.name, grants=role.as_grants)
    standings = tuple(_standings(user)) if borrows and context.place().company_id else ()
    if not role.reaches and not standings:
        return Permit(user_id=user.pk, role=role.name, grants=role.as_grants, fields=_limits(role))
    teams, people = _company(user)
    return Permit(
        user_id=user.pk,
        role=role.name,
        grants=role.as_grants,
        reaches={name: {verb: Reach(far) for verb, far in verbs.items()} for name, verbs in role.reaches.items()},
        fields=_common(_limits(role), [one.permit.fields for one in standings]),
        people=people,
        teams=teams,
        rules=tuple(_rules(role, teams)),
        shared=frozenset(_shared(user, teams)),
        standings=standings,
    )


def _limits(role: Role) -> dict[str, dict[str, FieldLimit]]:
    """The role's field rules. One that hides what cannot be hidden, however it came there, counts for nothing."""
    types = {one.name: one for one in record_types()} if role.field_rules else {}
    found: dict[str, dict[str, FieldLimit]] = {}
    for name, fields in role.field_rules.items():
        shown = types[name].unhideable if name in types else ()
        said = {field: FieldLimit(limit) for field, limit in fields.items()}
        found[name] = {field: one for field, one in said.items() if field not in shown or one != FieldLimit.HIDDEN}
    return found


def _common(own: Any, lent: list[Any]) -> dict[str, dict[str, FieldLimit]]:
    """Who stands in for somebody may do with a field what either of them may."""
    found: dict[str, dict[str, FieldLimit]] = {}
    for name, fields in own.items():
        for field, limit in fields.items():
            said = [limit, *(one.get(name, {}).get(field) for one in lent)]
            if None not in said:
                mildest = FieldLimit.READ_ONLY if FieldLimit.READ_ONLY in said else FieldLimit.HIDDEN
                found.setdefault(name, {})[field] = mildest
    return found


def _company(user: User) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The person's teams (for a leader those below as well), and everybody in them, the person too."""
    below: dict[UUID | None, list[UUID]] = {}
    for team_id, parent_id in Team.objects.order_by().values_list("pk", "parent_id"):
        below.setdefault(parent_id, []).append(team_id)
    teams: set[UUID] = set()
    for team_id, leads in TeamMember.objects.filter(user=user).values_list("team_id", "is_leader"):
        teams |= {team_id, *(_under(team_id, below) if leads else ())}
    people = TeamMember.objects.filter(team__in=teams).values_list("user_id", flat=True) if teams else ()
    return frozenset(teams), frozenset({user.pk, *people})


def _under(team_id: UUID, below: dict[UUID | None, list[UUID]]) -> Iterable[UUID]:
    for child in below.get(team_id, ()):
        yield child
        yield from _under(child, below)


def _rules(role: Role, teams: frozenset[UUID]) -> Iterable[SharingRule]:
    rows = Rule.objects.filter(Q(role=None) | Q(role=role), Q(team=None) | Q(team__in=teams), is_active=True)
    for row in rows:
        yield SharingRule(id=row.pk, name=row.name, record_type=row.record_type, tree=row.filter, may_edit=row.may_edit)


def _shared(user: User, teams: frozenset[UUID]) -> Iterable[str]:
    rows = Share.objects.filter(Q(user=user) | Q(team__in=teams))
    return rows.order_by().values_list("record_type", flat=True).distinct()


def _standings(user: User) -> Iterable[Standing]:
    rows = Delegation.objects.filter(borrower=user, until__gt=timezone.now(), ended_at=None, lender__is_active=True)
    for row in rows.select_related("lender__role"):
        permit = _made(row.lender, borrows=False)
        yield Standing(user_id=row.lender_id, name=str(row.lender), until=row.until, permit=permit)


def forget_permits(**_: Any) -> None:
    """Here at once, in the other processes after the commit."""
    forget_other("permits")


def watch() -> None:
    for model in (Role, User, Team, TeamMember, Rule, Share, Delegation):
        name = model.__name__
        post_save.connect(forget_permits, sender=model, dispatch_uid=f"forget permits: {name} saved")
        post_delete.connect(forget_permits, sender=model, dispatch_uid=f"forget permits: {name} deleted")
