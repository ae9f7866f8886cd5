"""How long a real worker takes for a large file of contacts, and how much memory.

One in twenty rows is bad (no e-mail address, no phone number, a birthday that is none) and one in twenty repeats
the e-mail address of an earlier one. Companies are made on the way. Then the file of errors is looked at.
"""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.benches.report import Report
from infra.benches.site import REPO, prepared_site

ROWS, QUICK_ROWS = 100_000, 5_000
PER_COMPANY = 20
HEADER = ("First name", "Last name", "E-mail", "Phone", "Company", "City", "Job title", "Birthday", "Tags")
BAD = (("E-mail", "no address"), ("Phone", "12"), ("Birthday", "31.02.1980"))
LIMIT_SECONDS = 900


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (QUICK_ROWS if is_quick else ROWS)
    with prepared_site() as site:
        from infra.benches.people import people_after

        path = site.folder / "people.csv"
        expected = _write(path, rows)
        return _measure(people_after(lambda: None).place, path, rows, expected)


def _write(path: Path, rows: int) -> dict[str, int]:
    """The file; gives how many rows are bad and how many are repeated."""
    found = {"bad": 0, "repeated": 0}
    emails: list[str] = []
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number, row in enumerate(_rows(rows)):
            emails.append(row["E-mail"])
            if number % 20 == 7:
                column, value = BAD[number // 20 % len(BAD)]
                row[column] = value
                found["bad"] += 1
            elif number % 20 == 13:
                row["E-mail"] = emails[number - 3].upper()
                found["repeated"] += 1
            writer.writerow(row.values())
    return found


def _rows(count: int) -> Iterator[dict[str, str]]:
    from infra.benches.names import Names

    names = Names()
    firms = [names.firm(number) for number in range(max(count // PER_COMPANY, 1))]
    for number in range(count):
        person = names.person(number)
        values = (
            person.first, person.last, person.email, person.phone, firms[number * 7 % len(firms)], person.city,
            person.job, f"{1 + number % 28:02d}.{1 + number % 12:02d}.{1950 + number % 50}", "fair, 2026",
        )  # fmt: skip
        yield dict(zip(HEADER, values, strict=True))


def _measure(place: Any, path: Path, rows: int, expected: dict[str, int]) -> Report:
    from tenants.kernel import context
    from tenants.kernel.actors import robot

    with context.inside(place, actor=robot("Bench")), _worker() as worker:
        draft, looked = _timed(lambda: _previewed(path))
        job, seconds = _timed(lambda: _imported(draft))
        return _report(job, rows, seconds, looked, _peak_mb(worker.pid), expected)


def _previewed(path: Path) -> Any:
    from dataclasses import replace

    from tenants.kernel import context
    from tenants.records.importing import actions
    from tenants.records.importing.plan import Plan

    by = context.actor()
    with path.open("rb") as file:
        draft = actions.upload(file=file, name=path.name, type_name="contacts", by=by, size=path.stat().st_size)
    plan = replace(Plan.loaded(draft.params["plans"][0]), creates=True)
    return _over(actions.start_preview(draft=actions.set_plan(draft=draft, plan=plan, by=by, is_final=True), by=by))


def _imported(draft: Any) -> Any:
    from tenants.kernel import context
    from tenants.records.importing import actions

    return _over(actions.start_import(draft=draft, by=context.actor()))


def _over(job: Any) -> Any:
    until = time.monotonic() + LIMIT_SECONDS
    while not job.is_over:
        if time.monotonic() > until:
            sys.exit(f"The import did not end: {job.state} at {job.done:,} rows.")
        time.sleep(0.2)
        job.refresh_from_db()
    if job.state != "done":
        sys.exit(f"The import ended as {job.state}: {job.error}")
    return job


def _timed(work: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


@contextmanager
def _worker() -> "Iterator[subprocess.Popen[bytes]]":
    argv = [sys.executable, "-m", "celery", "-A", "saas", "worker", "-P", "solo", "-l", "error", "--without-heartbeat"]
    worker = subprocess.Popen(argv, cwd=REPO, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(30)
        except subprocess.TimeoutExpired:
            worker.kill()


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kilobytes) / 1024, 1)


def _report(job: Any, rows: int, seconds: float, looked: float, peak: float, expected: dict[str, int]) -> Report:
    from tenants.records.models import JobLine

    faults = JobLine.objects.filter(job=job, outcome="failed").exclude(field="").exclude(message="")
    told = [line for line in faults.iterator() if line.number and line.value and line.data.get("fix")]
    bad, repeated = len({line.number for line in told}), job.counts.get("duplicates", 0)
    figures = {
        "rows": rows, "seconds": round(seconds, 1), "peak_mb": peak, "bad_reported": bad, "duplicates_found": repeated,
    }  # fmt: skip
    lines = [
        ("", "rows", "seconds", "rows/s"),
        ("look ahead", f"{rows:,}", f"{looked:.1f}", f"{rows / looked:,.0f}"),
        ("import", f"{rows:,}", f"{seconds:.1f}", f"{rows / seconds:,.0f}"),
    ]
    notes = [
        f"Peak memory of the worker: {peak} MB.",
        f"Created {job.counts.get('created', 0):,}; bad rows told {bad:,} of {expected['bad']:,}, "
        f"repeated rows found {repeated:,} of {expected['repeated']:,}.",
    ]
    return Report(f"import: {rows:,} contacts from a CSV file by one worker", figures, lines, notes)  # type: ignore[arg-type]
