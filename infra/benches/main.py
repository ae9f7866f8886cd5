"""The command line of the benches."""

import argparse
import json
from collections.abc import Sequence
from importlib import import_module
from inspect import signature

from infra.benches.report import Report

BENCHES = {
    "request": "pages and API of one company over HTTP, and making a company",
    "records": "lists, boards, search and writes of a company with many contacts",
    "growth": "the same at a tenth of the rows and at all of them, and what grew",
    "access": "the list of a rep with team, rules and field rules, beside the owner's",
    "duplicates": "contacts written down twice with slips: how many a scan finds, how quickly",
    "fleet": "releases for many companies: no-op, column, index, rename; django-tenants beside it",
    "restore": "backup, corruption and restore of a large company while its neighbour is written to",
    "provision": "making a company: pool full, pool empty, fifty at once, and stock django-tenants",
    "crowd": "the contact list spread over many companies, and the memory of backends and workers",
    "roles": "a database role for each company: what making and taking one on costs as they become many",
    "events": "events through outbox, one workflow and one webhook; a burst of one company, and its neighbour",
    "import": "a large CSV file of contacts, with bad and repeated rows, by a worker",
}
FILES = {"import": "import_rows"}
"""Benches whose name no file may have."""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.list or not options.name:
        print("\n".join(f"{name:12} {what}" for name, what in BENCHES.items()))
        return 0
    run = import_module(f"infra.benches.{FILES.get(options.name, options.name)}").run
    asked = {"is_quick": options.quick, "rows": options.rows, "companies": options.companies}
    known = signature(run).parameters
    report: Report = run(**{name: value for name, value in asked.items() if name in known})
    print(report.table())
    if options.json:
        print(json.dumps({"bench": options.name, "figures": report.figures}))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="infra/bench", description="Measure on this machine, with servers of its own."
    )
    parser.add_argument("name", nargs="?", choices=list(BENCHES), help="which bench to run")
    parser.add_argument("--list", action="store_true", help="name the benches")
    parser.add_argument("--json", action="store_true", help="print the figures as one last line of JSON")
    parser.add_argument("--quick", action="store_true", help="fewer rows and requests: to see that it works")
    parser.add_argument("--rows", type=int, default=0, help="how many contacts the company has")
    parser.add_argument("--companies", type=_numbers, default=[], help="how many, like 1,100,1000")
    return parser


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]
