"""From the commit to what follows from it: events a second through outbox, one workflow and one webhook.

One company's records are changed; of each change a workflow lets the record in and tags it, and a webhook tells
a receiver on this machine. Then single changes while nothing else is going on, and single changes of a neighbour
while a burst of the first company is worked off.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.benches.report import Report, p50, p95
from infra.benches.site import REPO, Site, prepared_site

STREAM, QUICK_STREAM = 5_000, 400
IDLE, QUICK_IDLE = 100, 20
BURST, QUICK_BURST = 100_000, 2_000
CONTACTS = 2_000
PIECE = 200
LEAST = 5
IDLE_PAUSE_SECONDS = 0.15
NEIGHBOUR_PAUSE_SECONDS = 0.5
LIMIT_SECONDS = 1_800


def run(*, is_quick: bool, rows: int = 0) -> Report:
    """`rows` is the size of the burst."""
    url = f"http://127.0.0.1:{_free_port()}"
    os.environ["OMNIFLOW_OUTBOUND_TRUSTED_ORIGINS"] = url  # before the settings are read
    with prepared_site() as site, _receiver(site, url) as arrivals:
        first, neighbour = _companies(arrivals.url)
        with _worker(site):
            _settle(first, neighbour, arrivals)
            stream = _stream(first, arrivals, QUICK_STREAM if is_quick else STREAM)
            idle = _singles(first, arrivals, QUICK_IDLE if is_quick else IDLE, IDLE_PAUSE_SECONDS)
            burst = _burst(first, neighbour, arrivals, rows or (QUICK_BURST if is_quick else BURST))
        return _report(stream, idle, burst)


# What takes the webhooks


@dataclass
class Arrivals:
    """When which event came, as the receiver wrote it down."""

    url: str
    path: Path
    _read: int = 0

    def __post_init__(self) -> None:
        self.at: dict[str, float] = {}

    def look(self) -> int:
        """How many different events have come by now."""
        with self.path.open() as file:
            file.seek(self._read)
            for line in iter(file.readline, ""):
                if not line.endswith("\n"):
                    break
                self._read += len(line)
                event_id, at = line.split()
                self.at.setdefault(event_id, float(at))
        return len(self.at)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _receiver(site: Site, url: str) -> Iterator[Arrivals]:
    path = site.folder / "arrivals"
    path.touch()
    argv = [sys.executable, "-m", "infra.benches.receiver", url.rpartition(":")[2], str(path)]
    running = subprocess.Popen(argv, cwd=REPO)
    try:
        yield Arrivals(url, path)
    finally:
        running.terminate()
        running.wait(10)


@contextmanager
def _worker(site: Site) -> Iterator[None]:
    """As `infra/up` starts it, with the clock beside it."""
    from infra.launch.services import WORKER_CHILDREN

    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "saas.celery"]
    worker = [*celery, "worker", "--concurrency", str(WORKER_CHILDREN), "--without-gossip", "--without-mingle"]
    beat = [*celery, "beat", "--schedule", str(site.folder / "beat"), "--pidfile="]
    log = (site.folder / "worker.log").open("wb")
    running = [subprocess.Popen(argv, cwd=REPO, stdout=log, stderr=log) for argv in (worker, beat)]
    try:
        yield
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait(30)
        log.close()


# The companies


@dataclass(frozen=True)
class Company:
    place: Any
    ids: Sequence[Any]


def _companies(url: str) -> tuple[Company, Company]:
    from infra.benches.people import people_after
    from tenants.directory.models import Agency
    from tenants.directory.queries import company_tenant
    from tenants.fleet.actions import create_company
    from tenants.kernel import context
    from tenants.kernel.actors import robot

    place = people_after(lambda: None).place
    with context.public(actor=robot("Bench")):
        made = create_company(
            agency=Agency.objects.get(), name="Next", slug="next", country="IN", owner_email="owner@next.example",
            by=robot(),
        )  # fmt: skip
        other = company_tenant(made.pk).place
    return _furnished(place, url), _furnished(other, url)


def _furnished(place: Any, url: str) -> Company:
    from tenants.automation.actions import create_workflow, publish
    from tenants.identity.models import User
    from tenants.kernel import context
    from tenants.kernel.actors import robot
    from tenants.records.many import create_records
    from tenants.records.registry import type_named
    from tenants.webhooks.actions import Terms, create_endpoint

    contacts = type_named("contacts")
    with context.inside(place, actor=robot("Bench")):
        owner = User.objects.get(role__slug="owner").actor
        rows = [{"first_name": "Asha", "last_name": f"Rao {n}"} for n in range(CONTACTS)]
        made = create_records(record_type=contacts, rows=rows, by=context.actor())
        create_endpoint(terms=Terms(name="Bench", url=url, events=["contact.updated"]), by=owner)
        publish(workflow=create_workflow(name="Bench", definition=_definition(), by=owner), by=owner)
        return Company(place, [one.record.pk for one in made])  # type: ignore[union-attr]  # all were taken


def _definition() -> dict[str, Any]:
    trigger = {"kind": "field_changed", "params": {"record_type": "contacts", "field": "city"}}
    step = {"id": "note", "kind": "action", "action": "set_variable", "params": {"name": "seen", "value": "yes"}}
    settings = {"reentry": "always", "most_per_minute": 1_000_000}
    return {"format": 1, "trigger": trigger, "settings": settings, "steps": [step]}


def _change(company: Company, count: int, word: str) -> dict[str, float]:
    """Change so many records, some hundred in a transaction; the events that came of it, and when each was written."""
    from tenants.kernel import context
    from tenants.records.many import update_records
    from tenants.records.models import Event
    from tenants.records.registry import type_named

    contacts, since = type_named("contacts"), _newest(company)
    for start in range(0, count, PIECE):
        ids = [company.ids[n % len(company.ids)] for n in range(start, min(start + PIECE, count))]
        rows = [(one, {"city": f"{word} {start}"}) for one in ids]
        update_records(record_type=contacts, rows=rows, by=context.actor())
    found = Event.objects.filter(name="contact.updated", happened_at__gt=since)
    return {str(pk): at.timestamp() for pk, at in found.values_list("pk", "happened_at")}


def _newest(company: Company) -> Any:
    from django.utils import timezone

    from tenants.records.models import Event

    return Event.objects.order_by("-happened_at").values_list("happened_at", flat=True).first() or timezone.now()


def _inside(company: Company) -> Any:
    from tenants.kernel import context
    from tenants.kernel.actors import robot

    return context.inside(company.place, actor=robot("Bench"))


# What is measured


def _settle(first: Company, neighbour: Company, arrivals: Arrivals) -> None:
    """The worker is up and both companies have been through it once."""
    for company in (first, neighbour):
        with _inside(company):
            ids = _change(company, 1, "Settle")
            _until(lambda ids=ids: arrivals.look() and all(one in arrivals.at for one in ids))
            _until(is_quiet)


def is_quiet() -> bool:
    """Nothing waits any more: no event, no run, no webhook."""
    from tenants.automation.models import Enrolment
    from tenants.records.models import Event
    from tenants.webhooks.models import Delivery

    waits = (
        Event.objects.filter(delivered_at=None), Enrolment.objects.filter(ended_at=None),
        Delivery.objects.filter(due_at__isnull=False),
    )  # fmt: skip
    return not any(one.exists() for one in waits)


def _until(is_so: Callable[[], Any]) -> None:
    ends_at = time.monotonic() + LIMIT_SECONDS
    while not is_so():
        if time.monotonic() > ends_at:
            sys.exit("The events were not worked off in time.")
        time.sleep(0.05)


def _stream(company: Company, arrivals: Arrivals, count: int) -> tuple[int, float]:
    """Changes as quickly as they are written; seconds until the last thing that follows from them is done."""
    from tenants.automation.models import Enrolment

    with _inside(company):
        entered, started = Enrolment.objects.count(), time.perf_counter()
        ids = _change(company, count, "Stream")
        _until(lambda: arrivals.look() and is_quiet())
        seconds = time.perf_counter() - started
        missing = [one for one in ids if one not in arrivals.at]
        if missing or Enrolment.objects.count() - entered != count:
            sys.exit(f"{len(missing)} webhooks and {count - Enrolment.objects.count() + entered} runs are missing.")
    return count, seconds


def _singles(company: Company, arrivals: Arrivals, count: int, pause: float) -> list[float]:
    """Milliseconds from the writing of single events, a little before their commit, to the receiver."""
    written: dict[str, float] = {}
    with _inside(company):
        for _ in range(count):
            written |= _change(company, 1, f"Single {time.monotonic_ns()}")  # the same again would change nothing
            time.sleep(pause)
        _until(lambda: arrivals.look() and all(one in arrivals.at for one in written))
    return [(arrivals.at[one] - at) * 1000 for one, at in written.items()]


@dataclass(frozen=True)
class Burst:
    count: int
    lag_seconds: float
    neighbour_ms: list[float]


def _burst(first: Company, neighbour: Company, arrivals: Arrivals, count: int) -> Burst:
    """A hundred thousand events at once in one company; meanwhile the neighbour changes a record now and then."""
    with _inside(first):
        _write_burst(first, count)
    started, told = time.perf_counter(), []
    while not _over(first) or len(told) < LEAST:
        told += _singles(neighbour, arrivals, 1, NEIGHBOUR_PAUSE_SECONDS)
    return Burst(count, time.perf_counter() - started, told)


def _over(company: Company) -> bool:
    with _inside(company):
        return is_quiet()


def _write_burst(company: Company, count: int) -> None:
    """As an import of that size leaves them; the writing itself is not what is measured."""
    from django.db import transaction

    from tenants.kernel import context
    from tenants.records.copying import Json, copy_values
    from tenants.records.events import tell_later, whose
    from tenants.records.models import Event

    here = context.current()
    same = {"name": "contact.updated", "record_type": "contacts", **whose(here)}
    payload = Json('{"changes": {"city": ["Pune", "Nashik"]}}')
    rows = ((company.ids[number % len(company.ids)], payload) for number in range(count))
    with transaction.atomic():
        copy_values(Event, same, ("record_id", "payload"), rows)
        tell_later(here)


def _report(stream: tuple[int, float], idle: list[float], burst: Burst) -> Report:
    count, seconds = stream
    figures = {
        "events_per_s": round(count / seconds, 1), "idle_p95_ms": p95(idle),
        "burst_lag_s": round(burst.lag_seconds, 1), "neighbour_p95_ms": p95(burst.neighbour_ms),
    }  # fmt: skip
    lines = [
        ("", "events", "p50 ms", "p95 ms", "1/s"),
        ("a stream", f"{count:,}", "", "", f"{count / seconds:,.0f}"),
        ("one at a time", str(len(idle)), f"{p50(idle):,.0f}", f"{p95(idle):,.0f}", ""),
        ("a burst", f"{burst.count:,}", "", "", f"{burst.count / burst.lag_seconds:,.0f}"),
        ("the neighbour meanwhile", str(len(burst.neighbour_ms)), f"{p50(burst.neighbour_ms):,.0f}",
         f"{p95(burst.neighbour_ms):,.0f}", ""),
    ]  # fmt: skip
    notes = [
        f"The burst was worked off after {burst.lag_seconds:,.0f} s. Each event: one run of one step, one webhook."
    ]
    return Report("events: from the commit to the receiver", figures, lines, notes)
