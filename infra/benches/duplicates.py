"""How well and how quickly duplicates are found among contacts, some of which were planted.

The rows stand in a real company; the scan is the job as a worker runs it. A planted
double is a contact written down once more, with the slips that people make.
"""

import random
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.benches.report import Report
from infra.benches.site import prepared_site

SHARE_OF_DOUBLES = 0.05
SEED = 7
FIRST = (
    "Priya Ravi Asha Vikram Meera Arjun Kavya Rohan Ananya Sanjay Ivan Maria Georgi Elena Petar Nikolay Desislava "
    "James Mary Robert Linda Michael Susan David Karen Thomas Nancy Daniel Lisa Aarav Diya Ishaan Saanvi Kabir Anika "
    "Vivaan Myra Reyansh Aadhya Dimitar Kalina Boris Teodora Stefan Viktoria Emma Olivia Noah Liam Sophia Ethan Ava"
).split()
LAST = (
    "Nair Rao Menon Shetty Iyer Reddy Patel Sharma Gupta Khan Petrov Ivanov Georgieva Dimitrov Stoyanova Smith Johnson "
    "Williams Brown Jones Garcia Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin Lee Thompson White "
    "Kulkarni Deshpande Joshi Bose Chatterjee Mukherjee Das Pillai Naidu Chowdhury Kapoor Malhotra Bhatt Mehta Todorov"
).split()
HOSTS = ("gmail.example", "solar.example", "works.example", "yahoo.example", "traders.example", "office.example")


@dataclass(frozen=True)
class Planted:
    pairs: frozenset[frozenset[Any]]
    rows: int


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (5_000 if is_quick else 100_000)
    with prepared_site():
        from infra.benches.people import people_with  # these need Django
        from tenants.directory.hosts import resolve
        from tenants.kernel import context
        from tenants.kernel.actors import robot

        host = people_with(1).company_host
        with context.public():
            tenant = resolve(host)
        assert tenant
        with context.inside(tenant.place, actor=robot("Bench")):
            planted = _plant(rows)
            before, watch = _resident_mb(), Watch()
            with watch:
                seconds, found = _scan()
            return _report(planted, found, seconds, watch.peak_mb, watch.peak_mb - before)


def _plant(rows: int) -> Planted:
    """Contacts in their table, straight: history of them is not what is measured."""
    from tenants.crm.models import Account, Contact

    chance = random.Random(SEED)  # noqa: S311 - the same rows each time
    accounts = [Account(name=f"Company {number}") for number in range(max(rows // 10, 1))]
    Account.objects.bulk_create(accounts, batch_size=2_000)
    doubles = int(rows * SHARE_OF_DOUBLES)
    originals = [_person(chance, number, accounts) for number in range(rows - doubles)]
    copied = chance.sample(originals, doubles)
    copies = [_double(chance, values) for values in copied]
    people = [Contact(**values) for values in (*originals, *copies)]
    Contact.objects.bulk_create(people, batch_size=2_000)
    by_values = {id(values): person for values, person in zip((*originals, *copies), people, strict=True)}
    pairs = {
        frozenset((by_values[id(one)].pk, by_values[id(other)].pk)) for one, other in zip(copied, copies, strict=True)
    }
    return Planted(frozenset(pairs), rows)


def _person(chance: random.Random, number: int, accounts: list[Any]) -> dict[str, Any]:
    """Names repeat, as they do; addresses and numbers are a person's own. Some lack one or the other."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    phone = f"+91{chance.randrange(7_000_000_000, 9_999_999_999)}"
    email = f"{first}.{last}{number}@{chance.choice(HOSTS)}".lower()
    return {
        "first_name": first, "last_name": last, "account": chance.choice(accounts),
        "email": email if chance.random() < 0.9 else "", "phone": phone if chance.random() < 0.8 else "",
    }  # fmt: skip


def _double(chance: random.Random, values: dict[str, Any]) -> dict[str, Any]:
    """The same person once more, with one or two slips."""
    found = dict(values)
    slips = [_mistyped_name, _swapped, _initial, _mistyped_email, _no_email, _no_phone, _no_company]
    for slip in chance.sample(slips, chance.choice((1, 1, 2))):
        slip(chance, found)
    if not (found["email"] or found["phone"] or found["account"]):
        found["account"] = values["account"]
    return found


def _mistyped(chance: random.Random, text: str) -> str:
    if len(text) < 3:
        return text
    at = chance.randrange(1, len(text) - 1)
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], _turned(text, at)))


def _turned(text: str, at: int) -> str:
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _mistyped_name(chance: random.Random, found: dict[str, Any]) -> None:
    name = chance.choice(("first_name", "last_name"))
    found[name] = _mistyped(chance, found[name])


def _swapped(chance: random.Random, found: dict[str, Any]) -> None:
    found["first_name"], found["last_name"] = found["last_name"], found["first_name"]


def _initial(chance: random.Random, found: dict[str, Any]) -> None:
    found["first_name"] = f"{found['first_name'][0]}."


def _mistyped_email(chance: random.Random, found: dict[str, Any]) -> None:
    local, at, host = found["email"].partition("@")
    found["email"] = f"{_mistyped(chance, local)}{at}{host}"


def _no_email(chance: random.Random, found: dict[str, Any]) -> None:
    found["email"] = ""


def _no_phone(chance: random.Random, found: dict[str, Any]) -> None:
    found["phone"] = ""


def _no_company(chance: random.Random, found: dict[str, Any]) -> None:
    found["account"] = None


def _scan() -> tuple[float, set[frozenset[Any]]]:
    """The job from its start to its end; the pairs it kept."""
    from tenants.kernel import context
    from tenants.records.duplicates.actions import start_scan
    from tenants.records.jobs.actions import run_now
    from tenants.records.models import Pair
    from tenants.records.registry import type_named

    started = time.perf_counter()
    job = run_now(start_scan(record_type=type_named("contacts"), by=context.actor()))
    seconds = time.perf_counter() - started
    if job.state != "done":
        raise SystemExit(f"The scan ended as {job.state}: {job.error}")
    return seconds, {frozenset(pair) for pair in Pair.objects.values_list("left_id", "right_id")}


class Watch:
    """The process's resident memory, looked at ten times a second."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.peak_mb = max(self.peak_mb, _resident_mb())


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1024 / 1024


def _report(planted: Planted, found: set[frozenset[Any]], seconds: float, peak_mb: float, grown_mb: float) -> Report:
    hits = len(found & planted.pairs)
    recall, precision = hits / len(planted.pairs), hits / max(len(found), 1)
    figures: dict[str, float] = {
        "rows": planted.rows, "planted": len(planted.pairs), "pairs": len(found), "recall": round(recall, 4),
        "precision": round(precision, 4), "seconds": round(seconds, 1), "peak_mb": round(peak_mb),
        "grown_mb": round(grown_mb),
    }  # fmt: skip
    lines = [("", "")] + [(name, f"{value:,}") for name, value in figures.items()]
    note = "Precision counts planted pairs only: of the others some are namesakes at one company, worth a look too."
    return Report(f"duplicates: {planted.rows} contacts", figures, lines, [note])
