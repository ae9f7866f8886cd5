"""The shape of a definition as a JSON schema: what the API describes and a builder draws from."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

FORMAT: Final = 1
ID_PATTERN: Final = "^[a-z0-9][a-z0-9_-]{0,39}$"
STEP_KINDS: Final = ("action", "branch", "switch", "filter", "delay", "wait", "loop", "goal", "stop")
ON_ERROR: Final = ("stop", "continue")
REENTRY: Final = ("never", "after_end", "always")
MOST_STEPS: Final = 300
MOST_BRANCHES: Final = 20
MOST_DEPTH: Final = 12
MOST_TURNS: Final = 1_000


def _text(most: int = 200) -> dict[str, Any]:
    return {"type": "string", "maxLength": most}


ID: Final = {"type": "string", "pattern": ID_PATTERN}
FILTER: Final = {"type": "object", "description": 'Filter tree; {"formula": …} and templates as values are allowed'}
DURATION: Final = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "days": {"type": "integer", "minimum": 0, "maximum": 3650},
        "hours": {"type": "integer", "minimum": 0, "maximum": 10_000},
        "minutes": {"type": "integer", "minimum": 0, "maximum": 100_000},
        "working": {"type": "boolean", "description": "Count only hours of the window, else Monday to Friday 9 to 18"},
    },
}  # fmt: skip
WINDOW: Final = {
    "type": "object", "additionalProperties": False, "required": ["days", "from", "until"],
    "properties": {
        "days": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1, "maximum": 7}},
        "from": {"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$"},
        "until": {"type": "string", "pattern": "^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$"},
        "zone": {"type": "string", "maxLength": 60, "description": "company, record, or a name like Europe/Sofia"},
    },
}  # fmt: skip
STEPS: Final = {"type": "array", "maxItems": MOST_STEPS, "items": {"$ref": "#/$defs/step"}}


def _step(kind: str, properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    common = {"id": ID, "kind": {"const": kind}, "name": _text(120), "note": _text(2_000)}
    return {
        "type": "object", "additionalProperties": False, "required": ["id", "kind", *required],
        "properties": {**common, **properties},
    }  # fmt: skip


def _named_lanes(key: Mapping[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "array", "minItems": 1, "maxItems": MOST_BRANCHES,
        "items": {
            "type": "object", "additionalProperties": False, "required": ["id", *required],
            "properties": {"id": ID, "name": _text(120), **key, "steps": STEPS},
        },
    }  # fmt: skip


STEP_SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "action": _step(
        "action",
        {
            "action": _text(60), "params": {"type": "object"}, "is_paused": {"type": "boolean"},
            "on_error": {"enum": list(ON_ERROR)}, "save_as": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
        },
        ("action",),
    ),
    "branch": _step(
        "branch", {"branches": _named_lanes({"filter": FILTER}, ("filter",)), "otherwise": STEPS}, ("branches",)
    ),
    "switch": _step(
        "switch",
        {
            "value": {}, "otherwise": STEPS,
            "cases": _named_lanes({"equals": {"type": "array", "minItems": 1, "maxItems": 100}}, ("equals",)),
        },
        ("value", "cases"),
    ),
    "filter": _step("filter", {"filter": FILTER}, ("filter",)),
    "delay": _step(
        "delay",
        {
            "for": DURATION, "until": {"description": "A date or moment, as text or template"},
            "at": {"type": "string", "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$"}, "zone": _text(60),
        },
    ),
    "wait": _step(
        "wait",
        {
            "filter": FILTER, "timeout": DURATION, "met": STEPS, "timed_out": STEPS,
            "events": {"type": "array", "maxItems": 20, "items": _text(60)},
        },
    ),
    "loop": _step(
        "loop",
        {
            "over": {"type": "string", "maxLength": 100, "description": "contacts.account: records of a type by the"
                     " relation that points here; or a template of a list"},
            "filter": FILTER, "most": {"type": "integer", "minimum": 1, "maximum": MOST_TURNS},
            "item": {"type": "string", "pattern": "^item$"}, "steps": STEPS,
        },
        ("over", "steps"),
    ),
    "goal": _step("goal", {"filter": FILTER}),
    "stop": _step("stop", {"because": _text(200)}),
}  # fmt: skip
SETTINGS: Final = {
    "type": "object", "additionalProperties": False,
    "properties": {
        "reentry": {"enum": list(REENTRY)}, "window": WINDOW, "goal": FILTER, "stop_if": FILTER,
        "stop_on": {"type": "array", "maxItems": 20, "items": _text(60)},
        "most_per_day": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "most_per_minute": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "on_error": {"enum": list(ON_ERROR)},
    },
}  # fmt: skip
SCHEMA: Final = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object", "additionalProperties": False, "required": ["trigger", "steps"],
    "properties": {
        "format": {"const": FORMAT},
        "trigger": {
            "type": "object", "additionalProperties": False, "required": ["kind"],
            "properties": {"kind": _text(80), "params": {"type": "object"}, "filter": FILTER},
        },
        "settings": SETTINGS,
        "steps": STEPS,
    },
    "$defs": {"step": {"oneOf": list(STEP_SHAPES.values())}},
}  # fmt: skip


def step_words() -> Mapping[str, tuple[str, str, str]]:
    """Label, about and icon of each kind of step."""
    return {
        "action": (_("Action"), _("Do something"), "player-play"),
        "branch": (_("If"), _("Go the first way whose conditions hold"), "git-branch"),
        "switch": (_("Switch"), _("Go the way that a value names"), "arrows-split-2"),
        "filter": (_("Only if"), _("End here unless the conditions hold"), "filter"),
        "delay": (_("Delay"), _("Go on after a while, or at a moment"), "clock"),
        "wait": (_("Wait until"), _("Go on when something holds or happens, like a reply"), "hourglass"),
        "loop": (_("For each"), _("Do steps for each related record"), "repeat"),
        "goal": (_("Goal"), _("End here: what was wanted is reached"), "target"),
        "stop": (_("Stop"), _("End here"), "circle-x"),
    }
