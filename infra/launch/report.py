"""The table of hosts and logins."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

Row = tuple[str, str, str, str]


def logins(ready: Path) -> tuple[str, list[Row]]:
    """The platform's URL, and a row per login: what, URL, e-mail, password."""
    known = json.loads(ready.read_text())
    rows = [_row("platform", known["platform"])]
    rows += [_row(f"agency {agency.get('slug', '')}", agency) for agency in known.get("agencies", [])]
    rows += [_row(f"company {company.get('slug', '')}", company) for company in known.get("companies", [])]
    return known["platform"]["url"], rows


def _row(what: str, login: Mapping[str, str]) -> Row:
    return (what, login.get("url", ""), login.get("email", ""), login.get("password", ""))


def table(rows: Sequence[Row]) -> str:
    whole: list[Row] = [("", "address", "e-mail", "password"), *rows]
    widths = [max(len(row[column]) for row in whole) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in whole]
    return "\n".join(f"  {line.rstrip()}" for line in lines)
