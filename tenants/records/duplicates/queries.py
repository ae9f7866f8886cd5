"""Reads of duplicates: who looks like a new record, and pairs that wait for a look."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid, NotFound
from tenants.records.duplicates.likeness import WORTH_A_WORD, likeness
from tenants.records.duplicates.rules import Rules, domain, facts_from, rules_for, types_looked_at
from tenants.records.enums import PairState
from tenants.records.models import Pair
from tenants.records.queries import visible_to
from tenants.records.registry import RecordType, type_named

MOST_CANDIDATES = 200
MOST_SHOWN = 5
LOOKED_THROUGH = 50


@dataclass(frozen=True)
class Match:
    """A record that may be the one that is being made."""

    record: Any
    score: int
    reasons: list[str]


@dataclass(frozen=True)
class Couple:
    """A pair with its two records."""

    pair: Pair
    left: Any
    right: Any


def matches_for(record_type: RecordType, values: Mapping[str, Any], by: Actor) -> list[Match]:
    """Visible records that look like one with these clean values, the likeliest first."""
    rules = rules_for(record_type)
    if not rules or not by.may("view", record_type.name):
        return []
    given = dict(values)
    if rules.name and not given.get(rules.name):
        # Of some types the database makes the name of several columns.
        given[rules.name] = " ".join(str(values.get(name) or "") for name in record_type.model.text_fields).strip()
    facts = facts_from(rules, None, given)
    found = []
    for row in _candidates(record_type, rules, given, by):
        score, reasons = likeness(facts, facts_from(rules, row.pk, {n: _raw(row, n) for n in rules.names}))
        if score >= WORTH_A_WORD:
            found.append(Match(row, score, reasons))
    return sorted(found, key=lambda one: -one.score)[:MOST_SHOWN]


def _raw(row: Any, name: str) -> Any:
    return getattr(row, f"{name}_id", None) or getattr(row, name)


def _candidates(record_type: RecordType, rules: Rules, given: Mapping[str, Any], by: Actor) -> Iterable[Any]:
    """Rows that share an address, a number, a site, the name, or the company: each look-up by itself, by its index."""
    looks = [Q(**{name: given[name]}) for name in (*rules.emails, *rules.phones) if given.get(name)]
    looks += [Q(**{f"{name}__icontains": host}) for name in rules.sites if (host := domain(given.get(name)))]
    name, company = str(given.get(rules.name) or ""), given.get(rules.company)
    if name:
        looks.append(Q(**{rules.name: name}))
        if record_type.is_square:
            looks.append(Q(**{f"{rules.name}__istartswith": name.split()[0]}))
    if company:
        looks.append(Q(**{rules.company: company}))
    found: dict[UUID, Any] = {}
    for look in looks:
        found |= {row.pk: row for row in visible_to(by, record_type).filter(look).order_by()[:MOST_CANDIDATES]}
    return found.values()


def open_pairs(record_type: RecordType) -> "QuerySet[Pair]":
    return Pair.objects.filter(record_type=record_type.name, state=PairState.OPEN).order_by("-score", "id")


def counts_for(actor: Actor) -> list[tuple[RecordType, int]]:
    """Types that are looked at, with how many pairs wait. One query."""
    rows = Pair.objects.filter(state=PairState.OPEN).order_by().values_list("record_type").annotate(Count("pk"))
    counts = dict(rows)
    return [(one, counts.get(one.name, 0)) for one in types_looked_at() if actor.may("view", one.name)]


def couples(actor: Actor, record_type: RecordType, *, after: str = "", limit: int) -> tuple[list[Couple], str | None]:
    """Pairs to review whose records both are there and visible, and where the next begin. Two queries a page."""
    rows = open_pairs(record_type)
    if after:
        score, pair_id = _place(after)
        rows = rows.filter(Q(score__lt=score) | Q(score=score, id__gt=pair_id))
    pairs = list(rows[: max(limit, LOOKED_THROUGH)])
    ids = {one for pair in pairs for one in (pair.left_id, pair.right_id)}
    known = {row.pk: row for row in visible_to(actor, record_type).filter(pk__in=ids)} if ids else {}
    seen = [Couple(p, known[p.left_id], known[p.right_id]) for p in pairs if {p.left_id, p.right_id} <= known.keys()]
    last = (
        seen[limit - 1].pair if len(seen) >= limit else pairs[-1] if len(pairs) == max(limit, LOOKED_THROUGH) else None
    )
    return seen[:limit], f"{last.score}~{last.pk}" if last else None


def _place(after: str) -> tuple[int, UUID]:
    score, _sign, pair_id = after.partition("~")
    try:
        return int(score), UUID(pair_id)
    except ValueError as error:
        raise Invalid({"cursor": ["This cursor is not one of ours. Start again without it."]}) from error


def pair_for(actor: Actor, pair_id: UUID) -> Pair:
    """A pair of records that the actor may both see, or NotFound."""
    pair = Pair.objects.filter(pk=pair_id).first()
    if not pair or not actor.may("view", pair.record_type):
        raise NotFound
    record_type = type_named(pair.record_type)
    if visible_to(actor, record_type).filter(pk__in=[pair.left_id, pair.right_id]).count() < 2:
        raise NotFound
    return pair
