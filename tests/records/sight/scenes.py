"""Random companies: roles of every reach, teams in a tree, rules, shares, loans; and who may what, in plain words.

The oracle here is written a second time, in Python and over lists, so that it shares no mistake with the SQL.
"""

import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from tenants.identity.actions import add_user
from tenants.identity.models import Delegation, Role, Team, TeamMember, User
from tenants.identity.permits import forget_permits
from tenants.kernel.actors import Actor
from tenants.records.models import Rule, Share
from tenants.records.registry import type_named
from tests.factories import make

REACHES = ("own", "team", "all")
CITIES = ("Pune", "Sofia", "Berlin")
TYPES = ("contacts", "accounts", "deals")
LIMITS = {"contacts": ("email", "phone", "city", "source"), "accounts": ("city",), "deals": ("amount", "probability")}


@dataclass
class Scene:
    """What was made at random. `shares` and `rules` are kept for the oracle."""

    users: list[User]
    records: dict[str, list[Any]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    loans: list[Delegation] = field(default_factory=list)

    def actor(self, user: User) -> Actor:
        """As the middleware makes it: the user freshly read, with its role."""
        return User.objects.select_related("role").get(pk=user.pk).actor


def scene(seed: int) -> Scene:
    chance = random.Random(seed)
    roles = [_role(chance, f"{seed}-{number}") for number in range(3)]
    users = [_user(chance, roles, f"{seed}-{number}") for number in range(5)]
    teams = _teams(chance, users, seed)
    found = Scene(users, {name: _records(chance, name, users) for name in TYPES})
    found.rules = [_rule(chance, roles, teams, f"{seed}-{number}") for number in range(3)]
    found.shares = [one for _ in range(6) if (one := _share(chance, found, teams))]
    if chance.random() < 0.6:
        lender, borrower = chance.sample(users, 2)
        ends = timezone.now() + timedelta(days=chance.choice((-1, 3)))
        found.loans.append(Delegation.objects.create(lender=lender, borrower=borrower, until=ends))
    forget_permits()
    return found


def _role(chance: random.Random, name: str) -> Role:
    grants: dict[str, list[str]] = {"*": [], "stages": ["view"], "pipelines": ["view"]}
    reaches: dict[str, dict[str, str]] = {}
    rules: dict[str, dict[str, str]] = {}
    for kind in TYPES:
        verbs = [verb for verb in ("view", "create", "edit", "delete", "export") if chance.random() < 0.85]
        grants[kind] = verbs
        reaches[kind] = {verb: chance.choice(REACHES) for verb in ("view", "edit", "delete", "export")}
        rules[kind] = {name: chance.choice(("hidden", "read_only")) for name in LIMITS[kind] if chance.random() < 0.3}
    return Role.objects.create(
        name=f"Role {name}", slug=f"role-{name}", grants=grants, reaches=reaches, field_rules=rules
    )


def _user(chance: random.Random, roles: list[Role], name: str) -> User:
    user = add_user(email=f"u{name}@works.example", name=f"User {name}", role="read-only")
    user.role = chance.choice(roles)
    user.save()
    return user


def _teams(chance: random.Random, users: list[User], seed: int) -> list[Team]:
    top = Team.objects.create(name=f"Top {seed}")
    teams = [top, *(Team.objects.create(name=f"Team {seed}-{n}", parent=chance.choice((top, None))) for n in range(2))]
    for team in teams:
        for user in chance.sample(users, chance.randint(0, 3)):
            TeamMember.objects.create(team=team, user=user, is_leader=chance.random() < 0.4)
    return teams


def _records(chance: random.Random, kind: str, users: list[User]) -> list[Any]:
    found = []
    for number in range(5):
        values = {"owner": chance.choice([*users, None])}
        if kind == "contacts":
            values |= {"first_name": f"Quokka{number}", "last_name": "Nair", "city": chance.choice(CITIES)}
        elif kind == "accounts":
            values |= {"name": f"Quokka{number} Traders", "city": chance.choice(CITIES)}
        else:
            values |= {"name": f"Quokka{number} deal", "amount": number * 100, "currency": "INR"}
        found.append(make(kind, **{n: getattr(v, "pk", v) for n, v in values.items()}))
    return found


def _rule(chance: random.Random, roles: list[Role], teams: list[Team], name: str) -> Rule:
    kind = chance.choice(("contacts", "accounts"))
    return Rule.objects.create(
        name=f"Rule {name}", record_type=kind, filter={"field": "city", "op": "is", "value": chance.choice(CITIES)},
        role=chance.choice([None, *roles]), team=chance.choice([None, *teams]), may_edit=chance.random() < 0.5,
        is_active=chance.random() < 0.8,
    )  # fmt: skip


def _share(chance: random.Random, found: Scene, teams: list[Team]) -> Share | None:
    kind = chance.choice(TYPES)
    record = chance.choice(found.records[kind])
    to: dict[str, Any] = (
        {"user": chance.choice(found.users)} if chance.random() < 0.5 else {"team": chance.choice(teams)}
    )
    if Share.objects.filter(record_id=record.pk, **to).exists():
        return None
    return Share.objects.create(record_type=kind, record_id=record.pk, may_edit=chance.random() < 0.5, **to)


# The oracle


def may(found: Scene, user: User, kind: str, record: Any, verb: str) -> bool:
    """Whether a person may do something with a record, worked out the slow way."""
    people = [user, *(one.lender for one in found.loans if one.borrower == user and one.until > timezone.now())]
    granted = {name for one in people for name in one.role.grants.get(kind, [])}
    if verb not in granted or "view" not in granted:
        return False
    seen = any(_one(found, one, kind, record, "view") for one in people)
    return seen and (verb == "view" or any(_one(found, one, kind, record, verb) for one in people))


def _one(found: Scene, user: User, kind: str, record: Any, verb: str) -> bool:
    granted = user.role.grants.get(kind, [])
    if verb in granted and _reaches(user, kind, record, verb):
        return True
    if "view" not in granted or verb not in ("view", "edit"):
        return False
    return _by_rule(found, user, kind, record, verb) or _by_share(found, user, kind, record, verb)


def _reaches(user: User, kind: str, record: Any, verb: str) -> bool:
    match user.role.reaches[kind].get(verb, "all"):
        case "all":
            return True
        case "team":
            mates = {m.user_id for team in _teams_of(user) for m in TeamMember.objects.filter(team=team)}
            return record.owner_id in {user.pk, *mates}
    return bool(record.owner_id == user.pk)


def _teams_of(user: User) -> set[Team]:
    found: set[Team] = set()
    for seat in TeamMember.objects.filter(user=user).select_related("team"):
        found.add(seat.team)
        wave = [seat.team] if seat.is_leader else []
        while wave:
            wave = list(Team.objects.filter(parent__in=wave))
            found |= set(wave)
    return found


def _by_rule(found: Scene, user: User, kind: str, record: Any, verb: str) -> bool:
    return any(
        rule.is_active
        and rule.record_type == kind
        and rule.role_id in (None, user.role_id)
        and (rule.team is None or rule.team in _teams_of(user))
        and (verb == "view" or rule.may_edit)
        and record.city == rule.filter["value"]
        for rule in found.rules
    )


def _by_share(found: Scene, user: User, kind: str, record: Any, verb: str) -> bool:
    return any(
        share.record_id == record.pk
        and (share.user_id == user.pk or share.team in _teams_of(user))
        and (verb == "view" or share.may_edit)
        for share in found.shares
    )


def limit(found: Scene, user: User, kind: str, name: str) -> str:
    """hidden, read_only or nothing."""
    people = [user, *(one.lender for one in found.loans if one.borrower == user and one.until > timezone.now())]
    said = [one.role.field_rules.get(kind, {}).get(name, "") for one in people]
    return "" if "" in said else "read_only" if "read_only" in said else "hidden"


def ids(rows: Any) -> set[str]:
    return {str(getattr(one, "pk", None) or one["id"]) for one in rows}


def type_of_kind(kind: str) -> Any:
    return type_named(kind)
