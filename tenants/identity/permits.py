"""What a person's role, teams, rules, shares and delegations come to: the permit they act with.

Kept in the process for a few seconds, as API keys are: whatever changes one of its parts empties the memory of
every process. Should that word be lost, an old permit goes on for at most `KEPT_SECONDS`.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
    return permits_of([user])[user.pk]


def permits_of(users: Sequence[User]) -> dict[UUID, Permit]:
    """The permits of many people, by id, in as many queries as of one."""
    salt, now = context.place().salt, time.monotonic()
    kept = {user.pk: _kept.get((salt, user.pk), (0.0, None)) for user in users}
    found = {user_id: permit for user_id, (until, permit) in kept.items() if permit and until > now}
    made = _made([user for user in users if user.pk not in found])
    if len(_kept) + len(made) > KEPT_AT_MOST:
        _kept.clear()
    _kept.update({(salt, user_id): (now + KEPT_SECONDS, permit) for user_id, permit in made.items()})
    return found | made


def _made(users: Sequence[User], *, borrows: bool = True) -> dict[UUID, Permit]:
    limited = [user for user in users if user.role and user.role.slug != OWNER]
    # Nothing can be lent to who may everything.
    lent = _standings(limited) if limited and borrows and context.place().company_id else {}
    reaching = [user for user in limited if user.role and (user.role.reaches or user.pk in lent)]
    ways = _Ways.read(reaching) if reaching else None
    wide = {user.pk for user in reaching}
    return {user.pk: _one(user, lent.get(user.pk, ()), ways if user.pk in wide else None) for user in users}


def _one(user: User, standings: tuple[Standing, ...], ways: "_Ways | None") -> Permit:
    role = user.role
    if not role:
        return Permit(user_id=user.pk)
    if role.slug == OWNER:
        return Permit(user_id=user.pk, role=role.name, grants=role.as_grants)
    own = _limits(role)
    if ways is None:
        return Permit(user_id=user.pk, role=role.name, grants=role.as_grants, fields=own, own_fields=own)
    teams = ways.teams(user.pk)
    return Permit(
        user_id=user.pk,
        role=role.name,
        grants=role.as_grants,
        reaches={name: {verb: Reach(far) for verb, far in verbs.items()} for name, verbs in role.reaches.items()},
        fields=_common(own, [one.permit.fields for one in standings]),
        own_fields=own,
        people=frozenset({user.pk, *(mate for team in teams for mate in ways.members.get(team, ()))}),
        teams=teams,
        rules=tuple(ways.rules_for(role, teams)),
        shared=frozenset(kind for kind, who, team in ways.shares if who == user.pk or team in teams),
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


@dataclass(frozen=True)
class _Ways:
    """What opens records to some people beyond their roles, read once for all of them."""

    below: Mapping[UUID | None, list[UUID]]
    """Teams by the team they are in."""
    seats: Mapping[UUID, list[tuple[UUID, bool]]]
    """Each person's teams, and whether they lead them."""
    members: Mapping[UUID, list[UUID]]
    rules: Sequence[Rule]
    shares: Sequence[tuple[str, UUID | None, UUID | None]]
    """Types of which something is shared, with which person or team."""

    @classmethod
    def read(cls, users: Sequence[User]) -> "_Ways":
        below: dict[UUID | None, list[UUID]] = {}
        for team_id, parent_id in Team.objects.order_by().values_list("pk", "parent_id"):
            below.setdefault(parent_id, []).append(team_id)
        seats: dict[UUID, list[tuple[UUID, bool]]] = {}
        for user_id, team_id, leads in TeamMember.objects.filter(user__in=users).values_list(
            "user_id", "team_id", "is_leader"
        ):
            seats.setdefault(user_id, []).append((team_id, leads))
        teams = {team for own in seats.values() for team in _teams(own, below)}
        shares = Share.objects.filter(Q(user__in=users) | Q(team__in=teams)).order_by()
        return cls(
            below=below,
            seats=seats,
            members=_members(teams),
            rules=list(Rule.objects.filter(is_active=True)),
            shares=list(shares.values_list("record_type", "user_id", "team_id").distinct()),
        )

    def teams(self, user_id: UUID) -> frozenset[UUID]:
        """The person's teams, for a leader those below as well."""
        return frozenset(_teams(self.seats.get(user_id, ()), self.below))

    def rules_for(self, role: Role, teams: frozenset[UUID]) -> Iterator[SharingRule]:
        for row in self.rules:
            if row.role_id in (None, role.pk) and (row.team_id is None or row.team_id in teams):
                yield SharingRule(
                    id=row.pk, name=row.name, record_type=row.record_type, tree=row.filter, may_edit=row.may_edit
                )


def _teams(seats: Iterable[tuple[UUID, bool]], below: Mapping[UUID | None, list[UUID]]) -> Iterator[UUID]:
    for team_id, leads in seats:
        yield team_id
        if leads:
            yield from _under(team_id, below)


def _under(team_id: UUID, below: Mapping[UUID | None, list[UUID]]) -> Iterator[UUID]:
    for child in below.get(team_id, ()):
        yield child
        yield from _under(child, below)


def _members(teams: set[UUID]) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    if teams:
        for team_id, user_id in TeamMember.objects.filter(team__in=teams).values_list("team_id", "user_id"):
            found.setdefault(team_id, []).append(user_id)
    return found


def _standings(users: Sequence[User]) -> dict[UUID, tuple[Standing, ...]]:
    """For each of them, those they stand in for now."""
    rows = Delegation.objects.filter(borrower__in=users, until__gt=timezone.now(), ended_at=None)
    loans = list(rows.filter(lender__is_active=True).select_related("lender__role"))
    permits = _made([loan.lender for loan in loans], borrows=False) if loans else {}
    found: dict[UUID, tuple[Standing, ...]] = {}
    for loan in loans:
        one = Standing(user_id=loan.lender_id, name=str(loan.lender), until=loan.until, permit=permits[loan.lender_id])
        found[loan.borrower_id] = (*found.get(loan.borrower_id, ()), one)
    return found


def forget_permits(**_: Any) -> None:
    """Here at once, in the other processes after the commit."""
    forget_other("permits")


def watch() -> None:
    for model in (Role, User, Team, TeamMember, Rule, Share, Delegation):
        name = model.__name__
        post_save.connect(forget_permits, sender=model, dispatch_uid=f"forget permits: {name} saved")
        post_delete.connect(forget_permits, sender=model, dispatch_uid=f"forget permits: {name} deleted")
