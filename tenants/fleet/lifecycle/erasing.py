"""Erasing a company: everything of it, step by step, whoever dies on the way.

What is to go is counted first, for the certificate. Then the rooms clear what they keep outside the schema, the
tables go in groups small enough for any server's lock table, then the schema with its role; at last the directory
forgets the company, keeps its hosts back, and the certificate is signed.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from tenants.directory.actions import set_company_status
from tenants.directory.enums import CompanyStatus
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Company, Domain
from tenants.directory.tombstones import bury
from tenants.fleet.dropping import drop_tables, tables_of
from tenants.fleet.lifecycle import clearing, rooms
from tenants.fleet.lifecycle.certificates import make_certificate
from tenants.fleet.lifecycle.closing import locked, note
from tenants.fleet.lifecycle.letters import send_erased
from tenants.fleet.models import Certificate, Operation
from tenants.fleet.operations.actions import begin
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.pool import drop_schema
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, DomainError
from tenants.kernel.ids import uuid7

COUNTED_AT_ONCE = 10
ENDING = (CompanyStatus.RETIRED, CompanyStatus.ERASING)
PAUSE = timedelta(days=1)
"""How long a company whose erasure was stopped in time may still be taken back."""


@step(gettext_lazy("Closing the doors"))
def close_doors(work: Work) -> None:
    """Raises DomainError for a company that was taken back in the last moment."""
    with transaction.atomic():
        company = _company(work)
        if not company:
            return
        _check_closed(locked(company))
        work.keep(**({"number": str(uuid7())} | _begun_before(company) | work.kept | {"schema": company.schema_name}))
        set_company_status(company=company, status=CompanyStatus.ERASING, erase_after=company.erase_after)


def _begun_before(company: Company) -> dict[str, Any]:
    """What an erasure that was given up half way had counted and cleared."""
    former = Operation.objects.filter(kind="erase", company_id=company.pk).order_by("-id")
    return next((one.kept for one in former if one.kept.get("begun")), {})


@step(gettext_lazy("Counting what goes"))
def count_rows(work: Work) -> None:
    if "rows" in work.kept:
        return
    tables = tables_of(work.kept["schema"])
    counts: dict[str, int] = {}
    for start in range(0, len(tables), COUNTED_AT_ONCE):
        counts |= _counted(work.kept["schema"], tables[start : start + COUNTED_AT_ONCE])
        work.tell(start, len(tables))
        work.check()
    work.keep(tables=len(tables), rows={name: count for name, count in counts.items() if count})


def _counted(schema: str, tables: list[str]) -> dict[str, int]:
    one = sql.SQL("SELECT {}, count(*) FROM {}")
    parts = [one.format(sql.Literal(name), sql.Identifier(schema, name)) for name in tables]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        return dict(cursor.fetchall())


@step(gettext_lazy("Clearing files, cache, queue and what other parts keep"))
def clear_rooms(work: Work) -> None:
    """Each room's words are kept with its work: begun again, the rooms that are done stay done."""
    company = _company(work)
    if not company:
        return
    work.keep(begun=True)
    for name, room in rooms.erasing.items():
        if name not in work.kept.get("cleared", {}):
            with transaction.atomic(), context.acting(work.actor):
                lines = room(company)
                work.keep(cleared=work.kept.get("cleared", {}) | {name: lines})
            for line in lines:
                work.say(line)


@step(gettext_lazy("Taking the tables away"))
def take_tables_away(work: Work) -> None:
    work.keep(begun=True)
    total = work.kept.get("tables", 0)
    for left in drop_tables(work.kept["schema"]):
        work.tell(total - left, total)


@step(gettext_lazy("Taking the schema away"))
def drop_rest(work: Work) -> None:
    """And once more what somebody who was at work when the doors closed may have left meanwhile."""
    drop_schema(work.kept["schema"])
    if company := _company(work):
        for room in clearing.LATE:
            room(company)


@step(gettext_lazy("Forgetting it, with a certificate"))
def forget(work: Work) -> None:
    """All at once: the company is there, or its certificate is."""
    with transaction.atomic():
        company = _company(work)
        if not company:
            return
        certificate = make_certificate(
            company, erased=list(_erased(work)), kept=_kept(company), number=UUID(work.kept["number"]),
            why=str(work.arguments.get("reason", "")), by=work.operation.actor_name,
        )  # fmt: skip
        work.keep(owner_email=company.owner_email)
        note("company.erased", company, by=work.actor, certificate=str(certificate.pk))
        bury(list(Domain.objects.filter(company=company)))
        company.delete()
        forget_hosts()
    work.give(certificate=str(certificate.pk))


def _erased(work: Work) -> Iterator[str]:
    rows: dict[str, int] = work.kept.get("rows", {})
    yield f"{work.kept.get('tables', 0):,} tables with {sum(rows.values()):,} rows, the search among them"
    yield from (f"{name}: {count:,}" for name, count in sorted(rows.items()))
    for lines in work.kept.get("cleared", {}).values():
        yield from (line for line in lines if not line.startswith("0 "))
    yield "1 schema, 1 database role, its brand and its entries in the directory"


def _kept(company: Company) -> list[str]:
    return [line for room in rooms.keeping.values() for line in room(company)]


@step(gettext_lazy("Telling the owner and the agency"))
def tell(work: Work) -> None:
    """Then the last address goes."""
    certificate = Certificate.objects.filter(pk=work.kept["number"]).first()
    if certificate and "owner_email" in work.kept:
        try:
            send_erased(certificate, work.kept["owner_email"])
        except OSError:
            work.say(str(_("The mail server could not be reached; the certificate is in the portal.")))
    work.operation.kept = {"number": work.kept["number"]}
    work.keep()


def _company(work: Work) -> Company | None:
    try:
        return work.company
    except Company.DoesNotExist:
        return None


def _step_back(work: Work) -> None:
    """Stopped before anything went: closed, with time to think. Later there is no way back: the sweep goes on."""
    company = _company(work)
    if company and company.status in ENDING and not work.kept.get("begun"):
        set_company_status(company=company, status=CompanyStatus.RETIRED, erase_after=timezone.now() + PAUSE)


ERASE = register(
    Kind(
        name="erase", label=gettext_lazy("Erase"), undo=_step_back,
        steps=(close_doors, count_rows, clear_rooms, take_tables_away, drop_rest, forget, tell),
    )
)  # fmt: skip


@transaction.atomic
def begin_erasing(*, company: Company, reason: str, by: Actor, **more: Any) -> Operation:
    """Erase a closed company now. Raises Conflict for one that is not closed, or that is being worked on."""
    company = locked(company)
    _check_closed(company)
    return begin(ERASE, company=company, by=by, reason=reason, **more)


def _check_closed(company: Company) -> None:
    if company.status not in ENDING:
        raise Conflict(_("Only a closed company can be erased."), fix=_("Close it first."))


def due_companies() -> list[Company]:
    """Closed ones whose time is over, and those whose erasure was given up half way."""
    rows = Company.objects.select_related("agency").order_by("pk")
    closed = rows.filter(status=CompanyStatus.RETIRED, erase_after__lte=timezone.now())
    return [*closed, *rows.filter(status=CompanyStatus.ERASING)]


def erase_due(*, by: Actor) -> int:
    """Begin what is due; how many. One that something else is being done to waits for the next round."""
    count = 0
    for company in due_companies():
        try:
            begin_erasing(company=company, reason=str(_("Its time was over.")), by=by)
        except DomainError:
            continue
        count += 1
    return count
