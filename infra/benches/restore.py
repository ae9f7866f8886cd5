"""One company of many contacts is saved, spoilt and restored while its neighbour is written to. By the commands."""

import os
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from infra.benches.report import Report, p50, p99
from infra.benches.site import Site, prepared_site

NOT_TURNED_BACK = {"identity_auditentry", "identity_session"}
"""What happened since is in the audit; who was signed in is signed out."""
SPOILT = (
    "UPDATE crm_contact SET first_name = last_name, email = '', custom = '{}'",
    "UPDATE crm_deal SET amount = 0",
    "UPDATE crm_account SET name = 'oops'",
    "DELETE FROM records_change",
)
IDLE_SECONDS = 3


@dataclass
class Neighbour:
    """Somebody who writes all the while, and how long each write took."""

    place: Any
    times_ms: list[float] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        over = threading.Event()
        thread = threading.Thread(target=self._write, args=[over])
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _write(self, over: threading.Event) -> None:
        from django.db import connection

        from tenants.kernel import context
        from tenants.kernel.actors import robot
        from tenants.records.actions import create_record
        from tenants.records.registry import type_named

        with context.inside(self.place, actor=robot("Neighbour")):
            while not over.is_set():
                started = time.perf_counter()
                values = {"first_name": "Busy", "last_name": str(len(self.ids))}
                made = create_record(record_type=type_named("contacts"), values=values, by=robot("Neighbour"))
                self.times_ms.append((time.perf_counter() - started) * 1000)
                self.ids.append(str(made.pk))
                time.sleep(0.02)
        connection.close()

    def has_all(self) -> bool:
        from tenants.crm.models import Contact
        from tenants.kernel import context

        with context.inside(self.place):
            found = {str(key) for key in Contact.objects.values_list("pk", flat=True)}
        return found == set(self.ids)


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (3_000 if is_quick else 100_000)
    os.environ.pop("OMNIFLOW_BACKUP_URL", None)
    with prepared_site() as site:
        return _measured(site, rows)


def _measured(site: Site, rows: int) -> Report:
    from infra.benches.works import Works
    from tenants.directory.models import Company
    from tenants.fleet.streams.digests import digest_of
    from tenants.kernel import context

    works = Works(site)
    notes = works.fill(rows)
    with context.public():
        company = Company.objects.select_related("agency").get(pk=works.people.place.company_id)
        neighbour = Neighbour(_second(company).place)
        with neighbour.at_work():
            time.sleep(IDLE_SECONDS)
            idle, before = list(neighbour.times_ms), digest_of(company.schema_name)
            neighbour.times_ms.clear()
            steps = _steps(company)
        lines = before.differences(digest_of(company.schema_name))
        differing = {line.partition(":")[0] for line in lines} - NOT_TURNED_BACK
        exact = not differing and not before.sequences and _is_exact(company) and neighbour.has_all()
        notes.append(f"Differs from before: {', '.join(sorted(differing)) or 'nothing'}.")
        return _report(company, rows, steps, exact, notes, (idle, neighbour.times_ms))


def _second(company: Any) -> Any:
    from tenants.fleet.actions import create_company
    from tenants.kernel.actors import robot

    return create_company(
        agency=company.agency, name="Next door", slug="next-door", country="IN", owner_email="o@n.example", by=robot()
    )


def _steps(company: Any) -> dict[str, float]:
    """Seconds of each."""
    name = f"{company.agency.slug}/{company.slug}"
    return {
        "backup": _timed("backup", name),
        "spoil": _spoil(company),
        "restore": _timed("restore", name, "--backup", "latest"),
        "swap": _timed("restore", name, "--swap"),
    }


def _timed(*command: str) -> float:
    from django.core.management import call_command

    started = time.perf_counter()
    with redirect_stdout(StringIO()):
        call_command("company", *command)
    return time.perf_counter() - started


def _spoil(company: Any) -> float:
    from django.db import connection

    from tenants.kernel import context

    started = time.perf_counter()
    with context.inside(company.place), connection.cursor() as cursor:
        for statement in SPOILT:
            cursor.execute(statement)
    return time.perf_counter() - started


def _is_exact(company: Any) -> bool:
    """The restored copy had the checksums of the manifest before it was swapped."""
    from tenants.fleet.models import Restore

    return Restore.objects.get(company_id=company.pk).is_exact


def _report(
    company: Any, rows: int, steps: dict[str, float], exact: bool, notes: list[str], times: tuple[list[float], ...]
) -> Report:
    from tenants.fleet.models import Backup

    backup = Backup.objects.get(company_id=company.pk)
    report = Report(f"Backup and restore of a company of {rows:,} contacts, its neighbour written to")
    report.figures = {
        "rows": rows, "backup_s": round(steps["backup"], 2), "restore_s": round(steps["restore"], 2),
        "swap_s": round(steps["swap"], 2), "seconds": round(sum(steps.values()), 2), "exact": int(exact),
        "backup_mb": round(backup.size / 1e6, 1), "table_rows": backup.rows,
        "neighbour_idle_p50_ms": p50(times[0]), "neighbour_p50_ms": p50(times[1]), "neighbour_p99_ms": p99(times[1]),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }  # fmt: skip
    report.lines = [("step", "seconds"), *((name, f"{taken:.2f}") for name, taken in steps.items())]
    report.notes = [
        *notes,
        f"{backup.rows:,} rows in all tables, {backup.size / 1e6:.1f} MB packed and sealed; backup includes reading it"
        " back, restore includes comparing checksums in the server.",
        f"A write next door took {p50(times[0])} ms before and {p50(times[1])} ms meanwhile (p50).",
    ]
    return report
