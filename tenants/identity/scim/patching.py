"""PATCH of SCIM as plain changes: which attribute gets which value, whatever form a directory writes it in.

Some send one operation with an object and no path, some a path each; some write `Replace`,
and `"False"` for false.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from tenants.identity.scim.errors import ScimError

PATCH: Final = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MOST_OPERATIONS: Final = 500
MEMBER: Final = re.compile(r'members\[\s*value\s+eq\s+"(?P<id>[^"]+)"\s*\]', re.IGNORECASE)
VALUED: Final = re.compile(r"emails\[[^\]]*\](\.value)?", re.IGNORECASE)


@dataclass
class Changes:
    """Attributes to set, by their SCIM name in small letters, and what happens to the members."""

    values: dict[str, Any] = field(default_factory=dict)
    members: list[tuple[str, list[str]]] = field(default_factory=list)
    """("add" | "remove" | "replace", ids), in their order."""


def changes_of(body: dict[str, Any]) -> Changes:
    """Raises ScimError."""
    operations = body.get("Operations") or body.get("operations")
    if PATCH not in body.get("schemas", []) or not isinstance(operations, list) or not operations:
        raise ScimError("Send operations of a PatchOp.", kind="invalidSyntax")
    if len(operations) > MOST_OPERATIONS:
        raise ScimError(f"At most {MOST_OPERATIONS} operations at once.", status=413, kind="tooMany")
    found = Changes()
    for one in operations:
        if not isinstance(one, dict):
            raise ScimError("An operation is an object.", kind="invalidSyntax")
        _take(found, str(one.get("op", "")).lower(), str(one.get("path") or ""), one.get("value"))
    return found


def _take(found: Changes, operation: str, path: str, value: Any) -> None:
    if operation not in ("add", "replace", "remove"):
        raise ScimError("An operation is add, replace or remove.", kind="invalidSyntax")
    if operation == "remove" and not path:
        raise ScimError("Say what to remove.", kind="noTarget")
    if path:
        _at_path(found, operation, path, value)
        return
    if not isinstance(value, dict):
        raise ScimError("Without a path the value is an object.", kind="invalidValue")
    for name, inner in flat(value).items():
        _at_path(found, operation, name, inner)


def _at_path(found: Changes, operation: str, path: str, value: Any) -> None:
    path = path.rpartition(":")[2] if path.lower().startswith("urn:") else path
    if match := MEMBER.fullmatch(path):
        found.members.append((operation, [match["id"]]))
    elif path.lower() == "members":
        found.members.append(_members(operation, value))
    elif VALUED.fullmatch(path):
        found.values["emails"] = [] if operation == "remove" else [{"value": value}]
    elif isinstance(value, dict):
        found.values |= {f"{path.lower()}.{name.lower()}": inner for name, inner in value.items()}
    else:
        found.values[path.lower()] = None if operation == "remove" else value


def _members(operation: str, value: Any) -> tuple[str, list[str]]:
    """Removing all members is replacing them by none."""
    if operation == "remove" and not value:
        return "replace", []
    return operation, ids_of(value)


def ids_of(value: Any) -> list[str]:
    rows = value if isinstance(value, list) else [value]
    return [str(one.get("value", "")) if isinstance(one, dict) else str(one) for one in rows if one]


def flat(value: dict[str, Any]) -> dict[str, Any]:
    """{"name": {"givenName": "A"}} as {"name.givenname": "A"}; lists stay."""
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, dict) and not name.lower().startswith("urn:"):
            found |= {f"{name.lower()}.{part.lower()}": deep for part, deep in inner.items()}
        else:
            found[name.lower()] = inner
    return found


def as_bool(value: Any) -> bool:
    """Raises ScimError."""
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in known:
        raise ScimError("active is true or false.", kind="invalidValue")
    return known[str(value).lower()]
