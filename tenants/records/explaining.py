"""Why somebody may see or change a record or a field, or may not: the same reasons that the lists are made by."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.permits import FieldLimit
from tenants.records.registry import RecordType, type_of
from tenants.records.sight import VIEW, Reason, reasons

VERBS = (VIEW, "edit", "delete", "export", "reveal")


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


@dataclass(frozen=True)
class FieldExplanation:
    """Whether a field is seen and written; `words` names the rule."""

    name: str
    label: str
    is_seen: bool
    is_written: bool
    words: str


def explain(actor: Actor, record: Any, verb: str = VIEW) -> Explanation:
    """Why the actor may or may not `verb` the record. One query."""
    record_type = type_of(record)
    assert record_type, "only records of a registered type can be explained"
    name = record_type.label.lower()
    if not actor.may(verb, record_type.name):
        words = _("%(role)s may not %(verb)s %(what)s at all") % {"role": _role(actor), "verb": verb, "what": name}
        return Explanation(verb, False, refusal=words)
    steps = _held(reasons(actor, record_type, verb), record_type, record)
    is_allowed = any(one.holds for one in steps)
    if is_allowed and verb != VIEW:
        seen = explain(actor, record)
        if not seen.is_allowed:
            return Explanation(verb, False, steps, _("They do not see it: %(why)s") % {"why": seen.refusal})
    refusal = "" if is_allowed else _("None of these holds for this record.")
    return Explanation(verb, is_allowed, steps, refusal)


def _role(actor: Actor) -> str:
    return actor.permit.role or actor.name or _("Somebody without a role")


def _held(found: list[Reason], record_type: RecordType, record: Any) -> list[Step]:
    flags = {
        f"holds_{i}": Case(When(one.condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for i, one in enumerate(found)
        if one.condition is not None
    }
    rows = record_type.model._default_manager.filter(pk=record.pk).order_by()
    held = rows.values(**flags).first() if flags else {}
    return [Step(one.kind, one.words, bool((held or {}).get(f"holds_{i}", one.condition is None)), one.lent_by)
            for i, one in enumerate(found)]  # fmt: skip


def explain_fields(actor: Actor, record_type: RecordType) -> list[FieldExplanation]:
    """Every field of the type: what the actor's role says of it."""
    limits = actor.permit.limits(record_type.name)
    may_edit = actor.may("edit", record_type.name)
    return [
        FieldExplanation(
            name,
            one.label,
            limits.get(name) is not FieldLimit.HIDDEN,
            may_edit and name in record_type.every_writable and limits.get(name) is None,
            _words(actor, limits.get(name), may_edit=may_edit),
        )
        for name, one in record_type.known_fields.items()
    ]


def _words(actor: Actor, limit: FieldLimit | None, *, may_edit: bool) -> str:
    role = {"role": _role(actor)}
    if limit is FieldLimit.HIDDEN:
        return _("Hidden from %(role)s by a field rule") % role
    if limit is FieldLimit.READ_ONLY:
        return _("Read-only for %(role)s by a field rule") % role
    return _("No rule") if may_edit else _("%(role)s may not change records of this type") % role
