"""Retention: the old end of a chain is cut off, and a sealed mark in the chain says where.

A company's own role may not delete entries. The cut works as the owner of the tables,
takes the right back for its one transaction and gives it up again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection, transaction

from tenants.directory.anchors import is_sealed, seal
from tenants.identity.auditing.writing import audit
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor

MARK = "audit.cut"
TABLE = "identity_auditentry"


@dataclass(frozen=True)
class Cut:
    through: int
    """The last entry that went."""
    digest: str
    """Its digest: what the first that stayed hangs on."""


def cut_before(moment: datetime, *, by: Actor) -> int:
    """Take away the old end up to the first entry that is not older; how many went.

    The mark is written before, so that it hangs on what is there, and stays.
    """
    place = context.place()
    with context.inside(replace(place, role=None), actor=by), transaction.atomic():
        rows = AuditEntry.objects.filter(chain=place.salt).order_by("number")
        kept = rows.filter(created_at__gte=moment).first()
        last = rows.filter(number__lt=kept.number).last() if kept else rows.last()
        if last is None or (kept is None and last.action == MARK):
            return 0
        old = rows.filter(number__lte=last.number)
        count = old.count()
        _mark(Cut(last.number, last.digest), count, by)
        with _allowed_to_cut():
            old.order_by().delete()
    return count


def _mark(cut: Cut, count: int, by: Actor) -> None:
    sealed = seal(cut.through, cut.digest)
    audit(MARK, by=by, through=cut.through, digest=cut.digest, seal=sealed, count=count)


@contextmanager
def _allowed_to_cut() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON {TABLE} TO CURRENT_USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE DELETE ON {TABLE} FROM CURRENT_USER")


def cuts_of(chain: str) -> tuple[list[Cut], list[str]]:
    """The marks that bear our seal, newest first; and words about those that do not."""
    good, bad = [], []
    for entry in AuditEntry.objects.filter(chain=chain, action=MARK).order_by("-number"):
        told = entry.details
        cut = Cut(int(told.get("through") or 0), str(told.get("digest")))
        if is_sealed(str(told.get("seal")), cut.through, cut.digest):
            good.append(cut)
        else:
            bad.append(f"entry {entry.number} marks a cut without our seal")
    return good, bad
