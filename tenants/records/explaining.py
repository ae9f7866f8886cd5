"""Why somebody may see or change a record or a field, or may not: the same reasons that the lists are made by."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Q, Value, When
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.permits import FieldLimit
from tenants.records.registry import RecordType, type_of
from tenants.records.sight import VIEW, Reason, reasons

VERBS = (VIEW, "edit", "delete", "export", "reveal")
MOST_CONDITIONS = 400
"""In one statement: PostgreSQL gives at most 1,664 columns."""


@dataclass(frozen=True)
class Step:
    """One reason, and whether it holds for the record."""

    kind: str
    words: str
    holds: bool
    lent_by: str = ""


@dataclass(frozen=True)
class Explanation:
    """Whether a verb is allowed on a record, with every way that was tried. `refusal` says why none was."""

    verb: str
    is_allowed: bool
    steps: list[Step] = field(default_factory=list)
    refusal: str = ""
    needed: list[str] = field(default_factory=list)
    """What would open it, one of these being enough; empty where it is open."""

    @property
    def why(self) -> list[Step]:
        """The steps that hold."""
        return [one for one in self.steps if one.holds]


@dataclass(frozen=True)
class FieldExplanation:
    """Whether a field is seen and written; `chain` names what makes it so, the last word deciding."""

    name: str
    label: str
    is_seen: bool
    is_written: bool
    chain: list[str]

    @property
    def access(self) -> str:
        """hidden, read_only or editable."""
        return "editable" if self.is_written else "read_only" if self.is_seen else "hidden"

    @property
    def words(self) -> str:
        return self.chain[-1]


def explain(actor: Actor, record: Any, verb: str = VIEW) -> Explanation:
    """Why the actor may or may not `verb` the record. One query."""
    return explain_all([actor], record, [verb])[0][verb]


def explain_all(actors: Sequence[Actor], record: Any, verbs: Sequence[str] = VERBS) -> list[dict[str, Explanation]]:
    """For each of the actors, why they may or may not do each of the verbs: one query, unless there are
    hundreds of reasons."""
    record_type = type_of(record)
    assert record_type, "only records of a registered type can be explained"
    asked = dict.fromkeys((VIEW, *verbs))
    tried = [
        {verb: reasons(actor, record_type, verb) if actor.may(verb, record_type.name) else [] for verb in asked}
        for actor in actors
    ]
    steps = _held([one for by_verb in tried for found in by_verb.values() for one in found], record_type, record)
    return [
        _told(actor, record_type, {verb: [next(steps) for _one in found] for verb, found in by_verb.items()})
        for actor, by_verb in zip(actors, tried, strict=True)
    ]


def _held(found: list[Reason], record_type: RecordType, record: Any) -> Iterator[Step]:
    """The reasons in their order, each with what the database says of it."""
    flags = [(f"holds_{i}", _flag(one.condition)) for i, one in enumerate(found) if one.condition is not None]
    rows = record_type.model._default_manager.filter(pk=record.pk).order_by()
    held: dict[str, Any] = {}
    for start in range(0, len(flags), MOST_CONDITIONS):
        held |= rows.values(**dict(flags[start : start + MOST_CONDITIONS])).first() or {}
    for i, one in enumerate(found):
        yield Step(one.kind, one.words, bool(held.get(f"holds_{i}", one.condition is None)), one.lent_by)


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _told(actor: Actor, record_type: RecordType, tried: Mapping[str, list[Step]]) -> dict[str, Explanation]:
    seen = _one(actor, record_type, VIEW, tried[VIEW])
    return {
        verb: seen if verb == VIEW else _one(actor, record_type, verb, steps, seen) for verb, steps in tried.items()
    }


def _one(
    actor: Actor, record_type: RecordType, verb: str, steps: list[Step], seen: Explanation | None = None
) -> Explanation:
    """What may be changed must be visible, too."""
    what = {"role": _role(actor), "verb": verb, "what": record_type.label.lower()}
    if not actor.may(verb, record_type.name):
        words = _("%(role)s may not %(verb)s %(what)s at all") % what
        wanted = _("A role that may %(verb)s %(what)s") % what
        return Explanation(verb, False, refusal=words, needed=[wanted])
    if not any(one.holds for one in steps):
        words = _("None of these holds for this record.")
        return Explanation(verb, False, steps, words, list(_needed(actor, record_type, verb, steps)))
    if seen and not seen.is_allowed:
        words = _("They do not see it: %(why)s") % {"why": seen.refusal}
        return Explanation(verb, False, steps, words, seen.needed)
    return Explanation(verb, True, steps)


def _needed(actor: Actor, record_type: RecordType, verb: str, steps: list[Step]) -> Iterator[str]:
    """Ways that are shut, and what would open each."""
    permit = actor.permit
    own = {one.kind for one in steps if not one.lent_by}
    if own & {"own", "team"}:
        yield _("Being its owner")
    if "team" in own:
        yield _("A team that its owner is in, too")
    for one in steps:
        if one.kind == "rule":
            yield _("The rule “%(rule)s”, if the record met it") % {"rule": one.words}
    if verb in (VIEW, "edit") and not record_type.is_common and permit.grants_verb(VIEW, record_type.name):
        yield _("A share of this record") if verb == VIEW else _("A share of this record that lets them edit")
    yield _("A role that reaches further than %(role)s") % {"role": _role(actor)}


def _role(actor: Actor) -> str:
    return actor.permit.role or actor.name or _("Somebody without a role")


def explain_fields(actor: Actor, record_type: RecordType, edit: Explanation | None = None) -> list[FieldExplanation]:
    """Every field of the type: what the actor's role says of it. With `edit`, on the record that this is about."""
    limits = actor.permit.limits(record_type.name)
    may_edit = edit.is_allowed if edit else actor.may("edit", record_type.name)
    writable = set(record_type.every_writable) if may_edit else set()
    return [
        FieldExplanation(
            name,
            one.label,
            limits.get(name) is not FieldLimit.HIDDEN,
            name in writable and limits.get(name) is None,
            list(_chain(actor, record_type, name, edit, may_edit=may_edit)),
        )
        for name, one in record_type.known_fields.items()
    ]


def _chain(
    actor: Actor, record_type: RecordType, name: str, edit: Explanation | None, *, may_edit: bool
) -> Iterator[str]:
    own = actor.permit.own_fields.get(record_type.name, {}).get(name)
    limit = actor.permit.limits(record_type.name).get(name)
    if own:
        yield _limited(actor, own)
    if own != limit:
        yield from (_lent(one) for one in actor.permit.standings)
    if limit:
        return
    if name not in record_type.every_writable:
        yield _("Written by the house alone")
    elif may_edit:
        yield _("No rule limits it")
    elif edit and edit.steps:
        yield _("They may not edit this record")
    else:
        yield _("%(role)s may not change records of this type") % {"role": _role(actor)}


def _limited(actor: Actor, limit: FieldLimit) -> str:
    role = {"role": _role(actor)}
    if limit is FieldLimit.HIDDEN:
        return _("Hidden from %(role)s by a field rule") % role
    return _("Read-only for %(role)s by a field rule") % role


def _lent(standing: Any) -> str:
    until = date_format(standing.until, "j M Y")
    return _("%(name)s, for whom they stand in until %(until)s, may do more") % {"name": standing.name, "until": until}
