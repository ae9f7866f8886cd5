"""What limits cost: the list of a sales rep with a team, three sharing rules and field rules, beside the owner's.

The same company as the records bench has, its records spread over twenty people in four teams. Owner and rep are
asked in turns, so that what else the machine does meets both.
"""

from dataclasses import replace
from typing import Any

from infra.benches.load import Target, load
from infra.benches.report import Report, p50, p95
from infra.benches.site import Site, prepared_site, serving

ROWS, QUICK_ROWS = 100_000, 2_000
REQUESTS, QUICK_REQUESTS = 400, 40
ROUNDS = 4
PATH = "/api/v1/contacts?limit=50"
WAYS = {"": "API list of 50", "sorted_": "the same by last name", "page_": "list page"}


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (QUICK_ROWS if is_quick else ROWS)
    with prepared_site() as site:
        from infra.benches.staff import Staffed  # needs Django

        company = Staffed(site)
        notes = company.works.fill(rows)
        return _report(
            rows, [*notes, company.note()], _measure(site, company, QUICK_REQUESTS if is_quick else REQUESTS)
        )


def _targets(company: Any) -> dict[str, Target]:
    """Each way of asking, by the owner and by the rep."""
    found = {}
    for who, person in (("owner", company.owner), ("rep", company.rep)):
        base = Target(who, company.works.site.port, company.works.people.company_host, PATH, person.key)
        found[f"{who}_"] = base
        found[f"{who}_sorted_"] = replace(base, path=f"{PATH}&sort=last_name")
        found[f"{who}_page_"] = replace(base, path="/contacts/", headers=person.cookie)
    return found


def _measure(site: Site, company: Any, requests: int) -> dict[str, float]:
    from infra.benches.counting import queries_of

    targets = _targets(company)
    figures: dict[str, float] = {f"{key}queries": queries_of(one) for key, one in targets.items()}
    times: dict[str, list[float]] = {key: [] for key in targets}
    with serving(site):
        for _round in range(ROUNDS):
            for key, target in targets.items():
                times[key] += load(target, requests=requests // ROUNDS, concurrency=1).times_ms
    for key, taken in times.items():
        figures |= {f"{key}p50_ms": p50(taken), f"{key}p95_ms": p95(taken)}
    return figures


def _report(rows: int, notes: list[str], found: dict[str, float]) -> Report:
    head = ("", "owner p50", "rep p50", "ratio", "owner p95", "rep p95", "owner queries", "rep queries")
    lines = [head, *(_line(name, way, found) for way, name in WAYS.items())]
    return Report(f"access: {rows:,} contacts, asked by their owner and by a rep", {"rows": rows} | found, lines, notes)


def _line(name: str, way: str, found: dict[str, float]) -> tuple[str, ...]:
    def of(who: str, what: str) -> float:
        return found[f"{who}_{way}{what}"]

    ratio = of("rep", "p50_ms") / of("owner", "p50_ms")
    times = (f"{of(who, what):.1f}" for what in ("p50_ms", "p95_ms") for who in ("owner", "rep"))
    first, second, *last = times
    return name, first, second, f"{ratio:.2f}", *last, str(of("owner", "queries")), str(of("rep", "queries"))
