"""How long a reader waits: contact list page and API, beside a bare endpoint; and making a company.

Granian serves as in production on 127.0.0.1; PostgreSQL and Redis are the bench's
own, without fsync. The generator shares the machine's cores with them.
"""

from infra.benches.floor_path import PATH
from infra.benches.load import Load, Target, load
from infra.benches.report import Report, p50, p95
from infra.benches.site import prepared_site, serving

COMPANIES = 20
MANY = 8


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (300 if is_quick else 5_000)
    requests = 160 if is_quick else 1_600
    with prepared_site() as site:
        from infra.benches.companies import create_times_ms  # these need Django
        from infra.benches.counting import queries_of
        from infra.benches.people import people_with

        people = people_with(rows)
        key = {"Authorization": f"Bearer {people.company_key}"}
        floor = Target("bare ninja endpoint", site.port, people.company_host, PATH, {})
        api = Target("API list of 50", site.port, people.company_host, "/api/v1/contacts?limit=50", key)
        page = Target(
            "contact list page", site.port, people.company_host, "/contacts/", {"Cookie": people.company_session}
        )
        queries = [0, queries_of(api), queries_of(page)]
        with serving(site):
            measured = [(target.name, *_loads(target, requests)) for target in (floor, api, page)]
            making = create_times_ms(site.port, people.agency_host, people.agency_session, count=COMPANIES)
    title = f"request: {rows} contacts, {requests} requests each, by one connection and by {MANY}"
    return _report(title, measured, queries, making)


def _loads(target: Target, requests: int) -> tuple[Load, Load]:
    return load(target, requests=requests, concurrency=1), load(target, requests=requests, concurrency=MANY)


def _report(title: str, measured: list[tuple[str, Load, Load]], queries: list[int], making: list[float]) -> Report:
    floor, api, page = (one.times_ms for _name, one, _many in measured)
    figures = {
        "floor_p50_ms": p50(floor),
        "api_list_p50_ms": p50(api),
        "api_list_p95_ms": p95(api),
        "list_page_p50_ms": p50(page),
        "list_page_queries": queries[2],
        "api_list_queries": queries[1],
        "create_company_p50_ms": p50(making),
    }
    head = ("", "p50 ms", "p95 ms", "1/s", f"p50 ms x{MANY}", f"p95 ms x{MANY}", f"1/s x{MANY}", "queries")
    lines = [_line(*row, asked) for row, asked in zip(measured, queries, strict=True)]
    last = ("create a company", f"{p50(making):.2f}", f"{p95(making):.2f}", *("",) * 5)
    note = f"{COMPANIES} companies made through the portal's form, while no worker refills the pool."
    return Report(title, figures, [head, *lines, last], [note])


def _line(name: str, one: Load, many: Load, queries: int) -> tuple[str, ...]:
    figures = [
        p50(one.times_ms),
        p95(one.times_ms),
        one.per_second,
        p50(many.times_ms),
        p95(many.times_ms),
        many.per_second,
    ]
    return (
        name,
        *(f"{figure:.2f}" if i % 3 < 2 else f"{figure:,.0f}" for i, figure in enumerate(figures)),
        str(queries),
    )
