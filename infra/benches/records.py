"""How a company with many contacts feels: lists, filters, boards, search and writes, beside a bare endpoint.

One company with `rows` contacts, a twentieth as many accounts, a fifth as many deals, with history and search
entries. Granian serves as in production; the generator shares the machine's cores with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.benches.load import Load, Target, load_in_turns
from infra.benches.report import Report, p50, p95, p99
from infra.benches.site import Site, prepared_site, serving

ROWS, QUICK_ROWS = 100_000, 2_000
REQUESTS, QUICK_REQUESTS = 400, 80
MANY = 8
HEAD = ("", "p50 ms", "p95 ms", "p99 ms", "1/s", *(f"{one} x{MANY}" for one in ("p50", "p95", "p99", "1/s")), "queries")


@dataclass(frozen=True)
class Measured:
    key: str
    name: str
    one: Load
    many: Load
    queries: int | None


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (QUICK_ROWS if is_quick else ROWS)
    return reports((rows,), QUICK_REQUESTS if is_quick else REQUESTS)[0]


def reports(sizes: Sequence[int], requests: int) -> list[Report]:
    """One report for each size: a company of each, side by side, asked in turns."""
    with prepared_site() as site:
        from infra.benches.works import Works  # needs Django

        works = [Works(site, f"bench-{number}") for number in range(len(sizes))]
        notes = [one.fill(size) for one, size in zip(works, sizes, strict=True)]
        measured = _measure(site, [one.targets() for one in works], requests)
        return [_report(*one) for one in zip(sizes, notes, measured, strict=True)]


def _measure(site: Site, companies: list[dict[str, Target]], requests: int) -> list[tuple[Measured, ...]]:
    """Of each company, what was measured of each of its targets."""
    counted = {key: _queries(key, [one[key] for one in companies]) for key in companies[0]}
    with serving(site):
        found = [_same(key, [one[key] for one in companies], requests, counted[key]) for key in companies[0]]
    return list(zip(*found, strict=True))


def _queries(key: str, targets: list[Target]) -> list[int | None]:
    from infra.benches.counting import queries_of

    return [queries_of(one) if one.method == "GET" and key != "floor" else None for one in targets]


def _same(key: str, targets: list[Target], requests: int, queries: list[int | None]) -> list[Measured]:
    """What each company was asked, by one connection and by many."""
    ones, manys = (load_in_turns(targets, requests=requests, concurrency=one) for one in (1, MANY))
    return [Measured(key, *each) for each in zip([one.name for one in targets], ones, manys, queries, strict=True)]


def _report(rows: int, notes: list[str], measured: Sequence[Measured]) -> Report:
    title = (
        f"records: {rows:,} contacts, {len(measured[0].one.times_ms)} requests each, by one connection and by {MANY}"
    )
    figures = _figures(rows, measured)
    missing = [key for key in FIGURES if key not in figures]
    if missing:
        notes.append(f"Not measured, because the house cannot do it: {', '.join(missing)}.")
    return Report(title, figures, [HEAD, *map(_line, measured)], notes)


def _figures(rows: int, measured: Sequence[Measured]) -> dict[str, float]:
    """The figures by their agreed names. Several targets of one key: the slowest speaks."""
    found: dict[str, float] = {"rows": rows}
    for one in measured:
        name, _dot, _variant = one.key.partition(".")
        times = one.one.times_ms
        for key, value in ((f"{name}_p50_ms", p50(times)), (f"{name}_p95_ms", p95(times))):
            if key in FIGURES:
                found[key] = max(value, found.get(key, 0))
        if name == "api_list":
            found |= {"api_list_queries": one.queries or 0, "api_list_per_s_c8": round(one.many.per_second, 1)}
    return {key: found[key] for key in FIGURES if key in found}


FIGURES = (
    "rows floor_p50_ms api_list_p50_ms api_list_queries list_page_p95_ms deep_page_p95_ms sort_p95_ms "
    "custom_filter_p95_ms board_p95_ms record_page_p95_ms search_fragment_p95_ms search_email_p95_ms "
    "search_typo_p95_ms create_p50_ms update_p50_ms api_list_per_s_c8"
).split()


def _line(one: Measured) -> tuple[str, ...]:
    figures = [*_spread(one.one), *_spread(one.many)]
    return one.name, *figures, "" if one.queries is None else str(one.queries)


def _spread(load: Load) -> list[str]:
    times = load.times_ms
    return [f"{p50(times):.1f}", f"{p95(times):.1f}", f"{p99(times):.1f}", f"{load.per_second:.0f}"]
