"""Entries in public whose names and texts are to be forgotten, without breaking the chain they stand in.

An entry keeps its number and its digest, on which the next one hangs; its texts become marks that tell nothing. A
sealed entry at the end of the chain says which entries were changed so, and what digest they have now: the check
takes exactly that, and nothing else, for whole.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.db import connection, transaction

from tenants.identity.auditing.chain import digest_of
from tenants.identity.auditing.writing import audit
from tenants.identity.models import AuditEntry
from tenants.kernel import context, signing
from tenants.kernel.actors import Actor
from tenants.kernel.context import PUBLIC_SCHEMA, Place

MARK: Final = "audit.hidden"
PURPOSE: Final = "audit-hidden"
TABLE = "identity_auditentry"
HID = "erased:"
KEPT = frozenset({"agency", "country", "plan", "role", "minutes", "house", "visitor", "visit", "certificate"})
"""Details that name nobody of the company: the agency's side, and numbers."""
Hidden = dict[int, tuple[str, str]]
"""By number: the digest an entry was written with, and the one it has as it stands."""


@transaction.atomic
def hide_entries_about(company_id: UUID, *, by: Actor) -> int:
    """Of all chains in public; how many. What is hidden already stays as it is."""
    rows = AuditEntry.objects.filter(subject=f"company:{company_id}").exclude(chain=str(company_id))
    count = 0
    for chain in rows.order_by().values_list("chain", flat=True).distinct():
        count += _hide(chain, list(rows.filter(chain=chain).order_by("number")), company_id, by)
    return count


def _hide(chain: str, entries: Iterable[AuditEntry], company_id: UUID, by: Actor) -> int:
    changed = [entry for entry in entries if _strip(entry, company_id)]
    if not changed:
        return 0
    with context.inside(_place_of(chain)):
        told = [[entry.number, entry.digest, digest_of(entry)] for entry in changed]
        with _allowed_to_change():
            AuditEntry.objects.bulk_update(changed, ["details", "actor_name", "machine"])
        audit(MARK, by=by, entries=told, seal=signing.sign(told, purpose=PURPOSE))
    return len(changed)


def _strip(entry: AuditEntry, company_id: UUID) -> bool:
    """Whether there was anything to hide."""
    before = (entry.details, entry.actor_name, entry.machine)
    entry.details = {name: one if name in KEPT else _hidden(one, company_id) for name, one in entry.details.items()}
    if entry.action.startswith("support."):  # also written by people of the company
        entry.actor_name, entry.machine = str(_hidden(entry.actor_name, company_id)), ""
    return before != (entry.details, entry.actor_name, entry.machine)


def _hidden(value: Any, company_id: UUID) -> Any:
    """Equal texts of one company stay equal; what they were nobody can try out without the secret."""
    if isinstance(value, list):
        return [_hidden(one, company_id) for one in value]
    if isinstance(value, dict):
        return {name: _hidden(one, company_id) for name, one in value.items()}
    if not isinstance(value, str) or value.startswith(HID):
        return value
    text = f"{company_id}:{value}".encode()
    return HID + hmac.new(settings.SECRET_KEY.encode(), text, sha256).hexdigest()[:12]


def _place_of(chain: str) -> Place:
    agency = chain.partition(":")[2]
    return Place(schema=PUBLIC_SCHEMA, agency_id=UUID(agency) if agency else None)


@contextmanager
def _allowed_to_change() -> Iterator[None]:
    """Two at a time would trip over each other's change of rights."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('audit: rights'))")
        cursor.execute(f"GRANT UPDATE ON {TABLE} TO CURRENT_USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE UPDATE ON {TABLE} FROM CURRENT_USER")


def hidden_in(chain: str) -> tuple[Hidden, list[str]]:
    """What marks with our seal say of the chain of the place we are in; and words about those without it."""
    good: Hidden = {}
    bad = []
    for entry in AuditEntry.objects.filter(chain=chain, action=MARK).order_by("number"):
        told = entry.details.get("entries")
        try:
            is_ours = signing.unsign(str(entry.details.get("seal")), purpose=PURPOSE) == told
        except BadSignature:
            is_ours = False
        if is_ours:
            good |= {number: (written, now) for number, written, now in told}
        else:
            bad.append(f"entry {entry.number} marks hidden entries without our seal")
    return good, bad
