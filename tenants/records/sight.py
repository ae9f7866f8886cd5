"""Which rows an actor may see or change, as reasons: each has words for people and a condition in SQL.

What enforces and what explains are the same list, so they cannot differ: a row is visible if one
of the reasons holds for it, and "why can Bob see this?" asks which of them do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.kernel.permits import Permit, Reach
from tenants.records.models import Share
from tenants.records.past.glance import Glance, glance, looking, seen_name
from tenants.records.registry import RecordType

VIEW = "view"
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Reason:
    """One way to a row. `condition` None holds for every row of the type."""

    kind: str
    """role, own, team, rule, share."""
    words: str
    condition: Q | None
    lent_by: str = ""


def sight(actor: Actor, record_type: RecordType, verb: str = VIEW, prefix: str = "") -> Q | None:
    """The condition that lets through what the actor may `verb`; None where that is every row.

    `prefix` leads through relations, like `account__`. What may be changed must be visible, too.
    """
    if not actor.may(verb, record_type.name) or not actor.may(VIEW, record_type.name):
        return NOTHING
    past = glance()
    if past:
        return _in_past(past, actor, record_type, verb, prefix)
    key = (record_type.name, verb, prefix)
    kept = actor.permit.kept
    if key not in kept:
        found = _any(reasons(actor, record_type, verb, prefix))
        kept[key] = found if verb == VIEW else _both(found, sight(actor, record_type, VIEW, prefix))
    seen: Q | None = kept[key]
    return seen


def _in_past(past: Glance, actor: Actor, record_type: RecordType, verb: str, prefix: str) -> Q | None:
    """What may be seen of the past is what may be seen today: by the rows of now, whatever they held then.

    The statement that turns the tables back defines the ids (`past.statements.seen`). Nothing but reading is let
    through, and nobody but who opened the past.
    """
    if not past.is_of(actor) or verb != VIEW:
        return NOTHING
    if record_type.name not in past.kept:
        with looking(None):
            view, delete = sight(actor, record_type), sight(actor, record_type, "delete")
            past.kept[record_type.name] = view is None and delete is None
    if past.kept[record_type.name]:
        return None
    ids = RawSQL(f'SELECT seen.id FROM "{seen_name(record_type.name)}" seen', ())  # noqa: S608, S611 - a name of ours
    return Q(**{f"{prefix}pk__in": ids})


def _any(found: list[Reason]) -> Q | None:
    conditions = [one.condition for one in found]
    if any(one is None for one in conditions):
        return None
    return reduce(or_, conditions) if conditions else NOTHING


def _both(first: Q | None, second: Q | None) -> Q | None:
    if first is None or second is None:
        return first if second is None else second
    return first & second


def reasons(actor: Actor, record_type: RecordType, verb: str = VIEW, prefix: str = "") -> list[Reason]:
    """Every way by which the actor may `verb` rows of the type, the widest first."""
    permit = actor.permit
    if permit.user_id is None:  # the house itself, and keys of old: what is granted goes for all
        return [Reason("role", _("for everything"), None)] if actor.may(verb, record_type.name) else []
    if not actor.may(verb, record_type.name):  # a key may be narrower than its maker
        return []
    found = list(_of(permit, record_type, verb, prefix, actor))
    for standing in permit.standings:
        until = date_format(standing.until, "j M Y")
        lent = _("%(name)s, until %(until)s") % {"name": standing.name, "until": until}
        for one in _of(standing.permit, record_type, verb, prefix, actor):
            found.append(Reason(one.kind, one.words, one.condition, lent))
    return found


def _of(permit: Permit, record_type: RecordType, verb: str, prefix: str, actor: Actor) -> Iterator[Reason]:
    name = record_type.name
    if permit.grants_verb(verb, name):
        yield _by_role(permit, record_type, verb, prefix)
    if record_type.is_common or not permit.grants_verb(VIEW, name):
        return
    for rule in permit.rules:
        if rule.record_type == name and (verb == VIEW or (verb == "edit" and rule.may_edit)):
            condition = _rule(rule.tree, record_type, prefix, actor)
            if condition is not None:
                yield Reason("rule", rule.name, condition)
    if name in permit.shared and verb in (VIEW, "edit"):
        yield Reason("share", _("shared with them"), _shared(permit, name, verb, prefix))


def _by_role(permit: Permit, record_type: RecordType, verb: str, prefix: str) -> Reason:
    reach = Reach.ALL if record_type.is_common else permit.reach(verb, record_type.name)
    role = {"role": permit.role}
    if reach is Reach.ALL:
        return Reason("role", _("%(role)s, every record") % role, None)
    if reach is Reach.TEAM:
        theirs = Q(**{f"{prefix}owner_id__in": sorted(permit.people)})
        return Reason("team", _("%(role)s, records of their team") % role, theirs)
    return Reason("own", _("%(role)s, their own records") % role, Q(**{f"{prefix}owner_id": permit.user_id}))


def _rule(tree: Any, record_type: RecordType, prefix: str, actor: Actor) -> Q | None:
    """A rule that no longer compiles (its field is gone) opens nothing."""
    from tenants.records.filters import compile_rule  # filters ask for the sight of what a path leads through

    try:
        return compile_rule(tree, record_type, actor, prefix)
    except Invalid:
        return None


def _shared(permit: Permit, name: str, verb: str, prefix: str) -> Q:
    rows = Share.objects.filter(record_type=name)
    rows = rows.filter(Q(user_id=permit.user_id) | Q(team_id__in=sorted(permit.teams)))
    if verb != VIEW:
        rows = rows.filter(may_edit=True)
    return Q(**{f"{prefix}pk__in": rows.values("record_id")})
