"""What the server says of a definition while it is edited: faults, warnings, conditions in words, names."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tenants.automation.catalogue import triggers
from tenants.automation.definition.checking import Report, check, related_type
from tenants.automation.definition.oddities import walked
from tenants.automation.definition.templates import has_templates, is_template
from tenants.automation.models import AutomationSecret
from tenants.automation.pages.naming import names_in
from tenants.kernel.actors import Actor
from tenants.records.layouts.wording import Reader
from tenants.records.outbox.catalogue import kinds
from tenants.records.registry import RecordType, record_types

Definition = Mapping[str, Any]


def told(definition: Definition, by: Actor) -> dict[str, Any]:
    """As the builder takes it: `is_broken` where the definition is not even of the right shape."""
    report = checked(definition, by)
    is_broken = _is_broken(definition)
    found: dict[str, Any] = {
        "errors": report.errors, "warnings": report.warnings, "record_type": report.record_type, "is_broken": is_broken
    }  # fmt: skip
    if not is_broken:
        record_type = type_called(report.record_type)
        found["sentences"] = dict(sentences(definition, record_type))
        found["names"] = names_in(definition, report.record_type)
        found["payload"] = payload_of(definition)
    return found


def checked(definition: Definition, by: Actor) -> Report:
    return check(definition, actor=by, secrets=frozenset(AutomationSecret.objects.values_list("name", flat=True)))


def _is_broken(definition: Definition) -> bool:
    """Whether steps or trigger are something else than steps and a trigger."""
    if not isinstance(definition.get("trigger"), Mapping):
        return True
    try:
        return any(not isinstance(step, Mapping) for _at, step in walked(definition.get("steps") or (), "steps"))
    except (KeyError, TypeError, AttributeError):
        return True


def type_called(name: str) -> RecordType | None:
    return next((one for one in record_types() if one.name == name), None)


def payload_of(definition: Definition) -> list[tuple[str, str]]:
    """What the events of the trigger carry: name and words."""
    trigger = definition["trigger"]
    kind = triggers().get(str(trigger.get("kind")))
    try:
        names = kind.events(trigger.get("params") or {}) if kind else ()
    except (KeyError, TypeError):  # settings that are not filled in yet
        names = ()
    known = [kinds()[name] for name in names if name in kinds()]
    return list({key: str(words) for one in known for key, words in one.payload.items()}.items())


# Conditions in words


def sentences(definition: Definition, record_type: RecordType | None) -> Iterator[tuple[str, str]]:
    """The place of each condition, and what it says."""
    for at, tree, about in _conditions(definition, record_type):
        if tree:
            yield at, sentence(tree, about)


def _conditions(definition: Definition, record_type: RecordType | None) -> Iterator[tuple[str, Any, RecordType | None]]:
    yield "trigger.filter", definition["trigger"].get("filter"), record_type
    for at, step in walked(definition.get("steps") or (), "steps"):
        about = _type_of_loop(step, record_type) if step["kind"] == "loop" else record_type
        yield f"{at}.filter", step.get("filter"), about
        for i, one in enumerate(step.get("branches") or ()):
            yield f"{at}.branches[{i}].filter", one.get("filter"), record_type


def _type_of_loop(step: Mapping[str, Any], record_type: RecordType | None) -> RecordType | None:
    over = str(step.get("over") or "")
    return None if is_template(over) else related_type(over, record_type)[0]


def sentence(tree: Any, record_type: RecordType | None) -> str:
    """“Amount is at least 100,000 and Stage is Won”; what cannot be read is said as it stands."""
    if not isinstance(tree, Mapping):
        return str(tree)
    if "formula" in tree:
        return str(tree["formula"])
    if "not" in tree:
        return _("not (%(what)s)") % {"what": sentence(tree["not"], record_type)}
    if "field" in tree:
        return condition_words(tree, record_type)
    glue = _(" and ") if "all" in tree else _(" or ")
    inner = tree.get("all") or tree.get("any") or []
    parts = [sentence(one, record_type) for one in inner]
    return glue.join(f"({words})" if _is_group(one) else words for one, words in zip(inner, parts, strict=True))


def _is_group(tree: Any) -> bool:
    return isinstance(tree, Mapping) and len(tree.get("all") or tree.get("any") or ()) > 1


def condition_words(tree: Mapping[str, Any], record_type: RecordType | None) -> str:
    if record_type is None:
        return " ".join(str(tree.get(name) or "") for name in ("field", "op", "value")).strip()
    reader = Reader(record_type, {} if has_templates(tree.get("value")) else tree)
    operator, value = reader.words(tree)
    return " ".join(filter(None, (reader.label(tree), operator, value)))
