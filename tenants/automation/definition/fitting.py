"""Does a value have the shape that a schema asks for? The few words of JSON schema that `shape` uses."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

Fault = tuple[str, str]
TYPES: Mapping[str, tuple[type, ...]] = {"object": (dict,), "array": (list,), "string": (str,), "integer": (int,)}


def faults(value: Any, schema: Mapping[str, Any], at: str, shape_of_step: Callable[[Any], Any]) -> Iterator[Fault]:
    """Each place that does not fit, with words. Steps are looked up by their kind, so that words are exact."""
    if "$ref" in schema:
        found = shape_of_step(value)
        if isinstance(found, str):
            yield at, found
            return
        schema = found
    wanted = TYPES.get(str(schema.get("type")))
    if wanted and (not isinstance(value, wanted) or isinstance(value, bool)):
        yield at, _("Give %(what)s here.") % {"what": _kind_words(str(schema["type"]))}
        return
    yield from _plain_faults(value, schema, at)
    if isinstance(value, dict):
        yield from _object_faults(value, schema, at, shape_of_step)
    if isinstance(value, list) and "items" in schema:
        for i, one in enumerate(value):
            yield from faults(one, schema["items"], f"{at}[{i}]", shape_of_step)


def _kind_words(kind: str) -> str:
    words = {"object": _("an object"), "array": _("a list"), "string": _("a text"), "integer": _("a whole number")}
    return words[kind]


def _plain_faults(value: Any, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    if "const" in schema and value != schema["const"]:
        yield at, _("Only %(value)s is known here.") % {"value": schema["const"]}
    if "enum" in schema and value not in schema["enum"]:
        yield at, _("Choose one of: %(known)s.") % {"known": ", ".join(map(str, schema["enum"]))}
    if isinstance(value, str):
        if "pattern" in schema and not re.match(schema["pattern"], value):
            yield at, _("This is not written as it should be.")
        if len(value) > schema.get("maxLength", len(value)) or "\x00" in value:
            yield at, _("Use at most %(most)d plain letters.") % {"most": schema.get("maxLength", len(value))}
    if isinstance(value, int) and not isinstance(value, bool):
        least, most = schema.get("minimum", value), schema.get("maximum", value)
        if not least <= value <= most:
            yield at, _("Give a number from %(least)d to %(most)d.") % {"least": least, "most": most}
    if isinstance(value, list) and not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        least, most = schema.get("minItems", 0), schema.get("maxItems", 0)
        yield at, _("Give at least %(least)d and at most %(most)d.") % {"least": least, "most": most or 1_000}


def _object_faults(
    value: Mapping[str, Any], schema: Mapping[str, Any], at: str, shape_of_step: Callable[[Any], Any]
) -> Iterator[Fault]:
    properties = schema.get("properties", {})
    prefix = f"{at}." if at else ""
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{prefix}{name}", _("Fill this in.")
    for name, one in value.items():
        if name in properties:
            yield from faults(one, properties[name], f"{prefix}{name}", shape_of_step)
        elif schema.get("additionalProperties") is False:
            yield f"{prefix}{name}", _("There is no such setting. Known: %(known)s.") % {"known": ", ".join(properties)}
