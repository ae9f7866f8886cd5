"""How an entry is summed up, and how it hangs on the one before.

The digest is SHA-256 over the entry's canonical text: JSON with sorted keys and without
spaces of all that the row says, its number and the digest of the entry before included.
Anybody can compute it from an export; `infra/docs/audit.md` shows how.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tenants.identity.models import AuditEntry

TOLD = ("id", "created_at", "actor_name", "user_id", "action", "subject", "details", "machine", "request_id")
"""What an entry says, beside its place in the chain."""


def genesis(chain: str) -> str:
    """What the first entry of a chain hangs on."""
    return hashlib.sha256(f"audit chain of {chain}".encode()).hexdigest()


def digest_of(entry: AuditEntry, *, number: int | None = None, previous: str | None = None) -> str:
    """As the entry stands, or as it would be at another place of the chain."""
    told: dict[str, Any] = {name: _plain(getattr(entry, name)) for name in TOLD}
    told["chain"] = entry.chain
    told["number"] = entry.number if number is None else number
    told["previous"] = entry.previous if previous is None else previous
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def canonical(told: Mapping[str, Any]) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, str | int | dict | list) else str(value)


def tidy(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details as the database gives them back: fractions as text, since it may write them otherwise; no NUL."""
    text = json.dumps(details, default=str, ensure_ascii=False).replace("\\u0000", "")
    found: dict[str, Any] = json.loads(text.encode("utf-8", "replace"), parse_float=str)
    return found
