"""What a workflow can be built from, as the builder draws its forms from it: kinds, record types, events, people."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import dates
from django.utils.translation import gettext as _

from tenants.automation.catalogue import ActionKind, Param, TriggerKind, actions, triggers
from tenants.automation.definition.params import choices_of
from tenants.automation.definition.shape import step_words
from tenants.automation.models import AutomationSecret, Workflow
from tenants.automation.pages.words import WORDS
from tenants.identity.models import Team, User
from tenants.kernel import context
from tenants.records.fields import Field, Relation
from tenants.records.models import Tag
from tenants.records.outbox.catalogue import kinds
from tenants.records.registry import RecordType, record_types, type_of

MOST_NAMES = 500
Pair = Sequence[str]


def parts() -> dict[str, Any]:
    """Everything at once, as JSON: it changes seldom, and the browser keeps it while a workflow is edited."""
    types = [one for one in record_types() if context.actor().may("view", one.name)]
    return {
        "words": {name: str(text) for name, text in WORDS.items()}, "roots": roots(), "others": others(),
        "triggers": {one.name: _trigger(one) for one in triggers().values()},
        "actions": {one.name: _action(one) for one in actions().values()},
        "steps": {kind: {"label": said[0], "about": said[1], "icon": said[2]} for kind, said in step_words().items()},
        "step_outputs": step_outputs(), "types": {one.name: _type(one) for one in types},
        "loops": {one.name: loops(one, types) for one in types}, "events": _events(), **_people(), "zones": zones(),
        "days": [str(dates.WEEKDAYS_ABBR[n]) for n in range(7)],
        "secrets": list(AutomationSecret.objects.values_list("name", flat=True)),
        "tags": list(Tag.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES]),
    }  # fmt: skip


def roots() -> dict[str, str]:
    """What the beginnings of variables are called."""
    return {
        "record": _("The record"), "trigger": _("What set it off"), "steps": _("Earlier steps"),
        "vars": _("Variables"), "item": _("The one of this turn"), "user": _("The person"), "company": _("Company"),
        "now": _("Now"), "secrets": _("Secrets"), "workflow": _("Workflow"),
    }  # fmt: skip


def others() -> list[Pair]:
    return [
        ("user.name", _("The person: name")), ("user.email", _("The person: e-mail")), ("now", _("This moment")),
        ("company.name", _("Company: name")), ("company.currency", _("Company: currency")),
        ("workflow.name", _("Workflow: name")),
    ]  # fmt: skip


def step_outputs() -> dict[str, dict[str, str]]:
    """What steps that are no actions leave for later ones."""
    return {
        "branch": {"name": _("Which way")}, "switch": {"value": _("The value")}, "wait": {"outcome": _("How it ended")},
        "loop": {"turns": _("How many turns")}, "filter": {"holds": _("Whether it held")},
    }  # fmt: skip


def zones() -> list[Pair]:
    return [("company", _("Where the company is")), ("record", _("Where the record's phone number is"))]


# Kinds


def _trigger(kind: TriggerKind) -> dict[str, Any]:
    return {**_kind(kind), "wake": kind.wake, "params": [_param(one) for one in kind.params]}


def _action(kind: ActionKind) -> dict[str, Any]:
    return {
        **_kind(kind), "is_outward": kind.is_outward, "needs_record": kind.needs_record,
        "record_types": list(kind.record_types), "params": [_param(one) for one in kind.params],
        "outputs": {name: str(words) for name, words in kind.outputs.items()},
    }  # fmt: skip


def _kind(kind: TriggerKind | ActionKind) -> dict[str, Any]:
    return {
        "label": str(kind.label),
        "about": str(kind.about),
        "icon": kind.icon,
        "group": str(kind.group) or _("Others"),
    }


def _param(param: Param) -> dict[str, Any]:
    found = {
        "name": param.name, "label": str(param.label), "kind": param.kind, "hint": str(param.hint), "of": param.of,
        "is_required": param.is_required, "default": param.default, "allows_variables": param.allows_variables,
        "choices": [(str(value), str(label)) for value, label in choices_of(param)],
    }  # fmt: skip
    if param.kind == "record" and param.name == "workflow":
        found |= {"kind": "choice", "choices": _workflows()}
    return found


def _workflows() -> list[Pair]:
    return [(str(pk), name) for pk, name in Workflow.objects.values_list("pk", "name")[:MOST_NAMES]]


# Records, events, people


def _type(record_type: RecordType) -> dict[str, Any]:
    writable = set(record_type.writable)
    return {
        "label": record_type.label, "singular": record_type.singular[:1].upper() + record_type.singular[1:],
        "icon": record_type.icon,
        "fields": {
            name: _field(record_type, found, name in writable) for name, found in record_type.open_fields.items()
        },
    }  # fmt: skip


def _field(record_type: RecordType, found: Field, is_writable: bool) -> dict[str, Any]:
    known: dict[str, Any] = {"label": found.label, "kind": found.kind, "writable": is_writable, "many": found.is_many}
    choices = getattr(found, "choices", None)
    if choices:
        known["choices"] = [(str(value), str(label)) for value, label in choices]
    if isinstance(found, Relation):
        target = type_of(found.target)
        known["target"] = target.name if target else "user" if found.target is User else "other"
        known["url"] = reverse("records:field-options", args=[record_type.name, found.name])
    return known


def loops(record_type: RecordType, types: Iterable[RecordType]) -> list[Pair]:
    """What of other types can lead to a record of this one: `contacts.account` and its words."""
    found: list[Pair] = []
    for other in types:
        for name, one in other.fields.items():
            if isinstance(one, Relation) and one.target is record_type.model and not one.is_custom:
                found.append((f"{other.name}.{name}", f"{other.label} ({one.label})"))
        if hasattr(other.model, "about_id"):
            found.append((f"{other.name}.about", _("%(type)s about it") % {"type": other.label}))
    return found


def _events() -> dict[str, dict[str, Any]]:
    return {
        kind.name: {"label": str(kind.label), "type": kind.record_type}
        for kind in kinds().values()
        if not kind.is_inner
    }


def _people() -> dict[str, list[Pair]]:
    people = User.objects.filter(is_active=True).order_by("name")[:MOST_NAMES]
    teams = Team.objects.order_by("name")[:MOST_NAMES]
    return {"users": [(str(one.pk), str(one)) for one in people], "teams": [(str(one.pk), str(one)) for one in teams]}
