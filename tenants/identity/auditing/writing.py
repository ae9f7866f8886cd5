"""Adding to the chain of the place we are in.

Writers of one place wait for each other, those of different places never do: the lock
is salted with the place, and taken when the entry is ready, so that it is held for
no more than two statements and the rest of the caller's transaction.
"""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tenants.directory.anchors import drop_anchor
from tenants.identity.auditing.chain import digest_of, genesis, tidy
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor


def audit(action: str, *, by: Actor, subject: str = "", **details: Any) -> AuditEntry:
    """Note something that matters for trust, in the running transaction; who, when and from where come along."""
    here = context.current()
    entry = AuditEntry(
        chain=here.place.salt,
        action=action,
        actor_name=_clean(by.name, 120),
        user_id=by.user_id,
        subject=_clean(subject, 200),
        details=tidy(details),
        machine=here.machine,
        request_id=here.request_id,
        created_at=timezone.now(),
    )
    with transaction.atomic():
        _append(entry)
    transaction.on_commit(lambda: drop_anchor(here.place, number=entry.number, digest=entry.digest), robust=True)
    return entry


def _append(entry: AuditEntry) -> None:
    """Take the next number, hang on to the last entry, and write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit:{entry.chain}"])
    last = AuditEntry.objects.filter(chain=entry.chain).order_by("-number").values_list("number", "digest").first()
    number, entry.previous = last or (0, genesis(entry.chain))
    entry.number = number + 1
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)


def _clean(text: str, most: int) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:most]
