"""What a body says: JSON or the fields of a form."""

import json
from collections.abc import Mapping
from hashlib import sha256
from math import isfinite
from typing import Any
from urllib.parse import parse_qs

from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid
from tenants.webhooks.models import InboundHook

MOST_FIELDS = 1_000
DEEPEST = 60
LARGEST_NUMBER = 2**63 - 1


def parsed(content_type: str, body: bytes) -> Any:
    """The payload. What says nothing of its kind is read as JSON where it is, else kept as text. Raises Invalid."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    if kind == "application/json" or kind.endswith("+json"):
        return _json(body)
    try:
        return _json(body)
    except Invalid:
        return {"text": body.decode(errors="replace").replace("\x00", "")}


def _json(body: bytes) -> Any:
    try:
        return _clean(json.loads(body or b"null"), 0)
    except (ValueError, RecursionError) as error:
        raise Invalid({"body": [_("The body is not JSON.")]}) from error


def _clean(value: Any, depth: int) -> Any:
    """What the database and every reader can hold: no NUL, no half characters, no endless or giant numbers."""
    if depth > DEEPEST:
        raise Invalid({"body": [_("The body is nested deeper than %(most)d levels.") % {"most": DEEPEST}]})
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\x00", "")
    if isinstance(value, list):
        return [_clean(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_clean(name, depth): _clean(one, depth + 1) for name, one in value.items()}
    if isinstance(value, float) and not isfinite(value):
        return None
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return str(value)
    return value


def _form(body: bytes) -> dict[str, Any]:
    try:
        fields = parse_qs(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Invalid({"body": [_("The form has too many fields.")]}) from error
    clean = {name.replace("\x00", ""): [one.replace("\x00", "") for one in values] for name, values in fields.items()}
    return {name: values[0] if len(values) == 1 else values for name, values in clean.items()}


def key_of(hook: InboundHook, headers: Mapping[str, str], content_type: str, body: bytes) -> str:
    """What makes two receptions of a hook the same: the sender's own id, else every byte."""
    told = headers.get(hook.id_header, "") if hook.id_header else ""
    if not told and hook.id_path:
        told = _at_path(hook.id_path, content_type, body)
    told = f"id:{told}" if told else f"body:{sha256(body).hexdigest()}"
    return sha256(f"{hook.pk}\n{told}".encode()).hexdigest()


def _at_path(path: str, content_type: str, body: bytes) -> str:
    try:
        found = parsed(content_type, body)
    except Invalid:
        return ""
    for step in path.split("."):
        if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
