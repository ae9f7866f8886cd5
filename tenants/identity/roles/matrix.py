"""A role as a table: for each type of record and each verb how far it goes; and back to what the row keeps.

    {"*": {"view": "all", "create": "all", "edit": "team", "delete": "own", "export": "none"},
     "deals": {"view": "team", …}}

A type without a row of its own follows `*`. Creating, and what belongs to nobody in particular, like stages or
notes, goes for all or for none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.identity.enums import (
    CREATE,
    DEFAULT_ROLES,
    DELETE,
    EDIT,
    EXPORT,
    OWNER,
    REVEAL,
    SETTINGS,
    SHARE,
    VIEW,
    VIEWS,
)
from tenants.identity.keys import VERBS
from tenants.identity.models import Role
from tenants.kernel.errors import Invalid
from tenants.kernel.permits import Reach
from tenants.records.registry import RecordType, record_types

EVERY: Final = "*"
NONE: Final = "none"
ALL: Final = Reach.ALL.value
FAR: Final = (NONE, Reach.OWN.value, Reach.TEAM.value, ALL)
FAR_WORDS = {
    NONE: gettext_lazy("no"),
    "own": gettext_lazy("own"),
    "team": gettext_lazy("team"),
    ALL: gettext_lazy("all"),
}
VERB_WORDS = {
    VIEW: gettext_lazy("See"), CREATE: gettext_lazy("Create"), EDIT: gettext_lazy("Change"),
    DELETE: gettext_lazy("Delete"), EXPORT: gettext_lazy("Export"), REVEAL: gettext_lazy("Confidential"),
}  # fmt: skip
BESIDE = {"notes": gettext_lazy("Notes"), "files": gettext_lazy("Files"), "tags": gettext_lazy("Tags")}
"""What is not a record type, and can be granted all the same."""
OWN_RECORDS: Final = {VIEW: "own", CREATE: ALL, EDIT: "own", DELETE: NONE, EXPORT: NONE, REVEAL: NONE}
Cells = dict[str, str]
Matrix = dict[str, Cells]


@dataclass(frozen=True, kw_only=True)
class Access:
    """All that a role says. `fields`: type to field to "hidden" or "read_only"."""

    records: Matrix
    settings: bool = False
    shares_views: bool = False
    fields: dict[str, dict[str, str]] = field(default_factory=dict)


def types() -> dict[str, RecordType]:
    return {one.name: one for one in record_types()}


def subjects() -> dict[str, str]:
    """What a row may be about, with its words; `*` first."""
    found = {EVERY: _("Every other type")} | {name: one.label for name, one in types().items()}
    return found | {name: str(words) for name, words in BESIDE.items()}


def is_yes_or_no(subject: str, verb: str) -> bool:
    """Whether it goes for all or for none, with nothing between."""
    found = types().get(subject)
    return verb == CREATE or subject in BESIDE or (found is not None and found.is_common)


def access_of(role: Role) -> Access:
    """What a role says, as a table."""
    if role.slug == OWNER:
        return Access(records={EVERY: dict.fromkeys(VERBS, ALL)}, settings=True, shares_views=True)
    return read(role.grants, role.reaches, role.field_rules)


def read(grants: Mapping[str, Any], reaches: Mapping[str, Any], fields: Mapping[str, Any] | None = None) -> Access:
    known = subjects()
    names = [EVERY, *(name for name in known if name != EVERY and name in grants)]
    return Access(
        records={name: {verb: _far(grants, reaches, name, verb) for verb in VERBS} for name in names},
        settings=_grants(grants, SETTINGS, EDIT),
        shares_views=_grants(grants, VIEWS, SHARE),
        fields={name: dict(rules) for name, rules in (fields or {}).items() if rules},
    )


def _grants(grants: Mapping[str, Any], subject: str, verb: str) -> bool:
    granted = grants.get(subject, grants.get(EVERY, ()))
    return verb in granted or "*" in granted


def _far(grants: Mapping[str, Any], reaches: Mapping[str, Any], subject: str, verb: str) -> str:
    if not _grants(grants, subject, verb):
        return NONE
    if is_yes_or_no(subject, verb):
        return ALL
    return str(reaches.get(subject, reaches.get(EVERY, {})).get(verb, ALL))


def kept(access: Access) -> dict[str, Any]:
    """`grants`, `reaches` and `field_rules` of the row. The settings are always named: `*` never opens them."""
    grants: dict[str, Any] = {
        name: [verb for verb in VERBS if cells[verb] != NONE] for name, cells in access.records.items()
    }
    grants |= {SETTINGS: ["*"] if access.settings else [], VIEWS: [SHARE] if access.shares_views else []}
    reaches = {
        name: {v: far for v, far in cells.items() if far not in (NONE, ALL)} for name, cells in access.records.items()
    }
    # An empty row still counts: it keeps `*` from speaking for the type.
    has_any = any(reaches.values())
    return {"grants": grants, "reaches": reaches if has_any else {}, "field_rules": access.fields}


def cell(records: Matrix, subject: str, verb: str) -> str:
    """How far a verb goes for a subject, its own row or that of `*`."""
    far = records.get(subject, records[EVERY])[verb]
    return ALL if far != NONE and is_yes_or_no(subject, verb) else far


def checked(records: Mapping[str, Mapping[str, str]]) -> Matrix:
    """A whole table; what is not said is not granted. Raises Invalid, naming each cell at fault."""
    errors: dict[str, list[str]] = {}
    known = subjects()
    found: Matrix = {EVERY: dict.fromkeys(VERBS, NONE)}
    for name, cells in records.items():
        if name not in known:
            errors[f"records.{name}"[:80]] = [_("There is nothing called %(name)s.") % {"name": name[:60]}]
            continue
        found[name] = {verb: cells.get(verb, NONE) for verb in VERBS}
        errors |= dict(_faults(name, cells))
    if errors:
        raise Invalid(errors)
    return found


def _faults(name: str, cells: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for verb, far in cells.items():
        place = f"records.{name}.{verb}"[:120]
        if verb not in VERBS:
            yield place, [_("Choose from: %(known)s.") % {"known": ", ".join(VERBS)}]
        elif far not in FAR or (far not in (NONE, ALL) and is_yes_or_no(name, verb)):
            known = (NONE, ALL) if is_yes_or_no(name, verb) else FAR
            yield place, [_("Choose from: %(known)s.") % {"known": ", ".join(known)}]
        elif far != NONE and cells.get(VIEW, NONE) == NONE:
            yield f"records.{name}.{VIEW}", [_("Whoever may change records has to see them: choose how many here.")]


def presets() -> dict[str, tuple[str, Matrix]]:
    """Tables to begin with, by name: those of the roles every company starts with, and one of the own records alone."""
    found = {
        slug: (one.name, read(one.grants, one.reaches).records) for slug, one in DEFAULT_ROLES.items() if slug != OWNER
    }
    return found | {"own": (_("Own records only"), {EVERY: dict(OWN_RECORDS)})}
