"""The audit of a company that moves: its entries hang on each other anew in the chain of where they come to.

A chain is bound to its place, so it cannot be taken over as it stands. Each entry is looked at on its way: one that
does not give its digest was changed before, and the entry that ends the way over says so, for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from tenants.identity.auditing.chain import digest_of, genesis
from tenants.identity.auditing.cutting import MARK
from tenants.identity.auditing.writing import audit
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.copies import Facts

BATCH = 1_000
FORMER_MARK = f"{MARK}_before"
"""A cut of the former chain. Its seal is of another place and says nothing here."""
ARRIVED = "company.arrived"
SAID = (
    "id", "number", "previous", "digest", "actor_name", "user_id", "action", "subject", "details", "machine",
    "request_id",
)  # fmt: skip


def audit_told() -> Iterator[dict[str, Any]]:
    """The entries of the place we are in, the first one first."""
    for entry in AuditEntry.objects.filter(chain=context.place().salt).order_by("number").iterator(BATCH):
        yield {name: _plain(getattr(entry, name)) for name in SAID} | {"created_at": entry.created_at.isoformat()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


@dataclass
class _Chain:
    """Where the new chain has come to, and what was wrong with the former one."""

    salt: str
    number: int = 0
    digest: str = ""
    former: AuditEntry | None = None
    bad: list[int] = field(default_factory=list)


def take_audit(rows: Iterator[dict[str, Any]], facts: Facts) -> int:
    """Within a transaction. Nothing where the chain has begun already: this was done before."""
    chain = _Chain(context.place().salt)
    if AuditEntry.objects.filter(chain=chain.salt).exists():
        return 0
    chain.digest = genesis(chain.salt)
    while batch := list(islice(rows, BATCH)):
        AuditEntry.objects.bulk_create([_hung(_entry(row, facts.from_salt), chain) for row in batch])
    former = chain.former
    audit(
        ARRIVED, by=context.actor(), subject=facts.from_salt, entries=chain.number,
        former_number=former.number if former else 0, former_digest=former.digest if former else "",
        changed_before=chain.bad[:100],
    )  # fmt: skip
    return chain.number


def _entry(row: dict[str, Any], salt: str) -> AuditEntry:
    values = {name: row[name] for name in SAID if name not in ("id", "user_id")}
    user_id = UUID(row["user_id"]) if row["user_id"] else None
    created_at = datetime.fromisoformat(row["created_at"])
    return AuditEntry(id=UUID(row["id"]), user_id=user_id, chain=salt, created_at=created_at, **values)


def _hung(entry: AuditEntry, chain: _Chain) -> AuditEntry:
    """The entry as it stands in the new chain."""
    if digest_of(entry) != entry.digest or (chain.former and chain.former.digest != entry.previous):
        chain.bad.append(entry.number)
    chain.former = AuditEntry(number=entry.number, digest=entry.digest)
    if entry.action == MARK:
        entry.action = FORMER_MARK
    entry.chain, entry.number, entry.previous = chain.salt, chain.number + 1, chain.digest
    entry.digest = digest_of(entry)
    chain.number, chain.digest = entry.number, entry.digest
    return entry
