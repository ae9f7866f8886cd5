"""`manage.py company list`: the companies there are, for people or for programs."""

import json
from argparse import ArgumentParser
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.fleet.migrating import head
from tenants.fleet.models import Schema
from tenants.fleet.verbs.base import Verb

COLUMNS = ("company", "name", "status", "plan", "country", "created", "schema", "at_head")
SIZES = """
    SELECT n.nspname, sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY(%s) AND c.relkind = 'r' GROUP BY 1
"""
Line = dict[str, Any]


class List(Verb):
    help = "List companies, with filters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("words", nargs="*", help="of the name, the slug or the owner's e-mail")
        parser.add_argument("--agency", default="", help="the agency's slug")
        parser.add_argument("--status", default="", choices=["", *CompanyStatus.values])
        parser.add_argument("--plan", default="", help="of the agency")
        parser.add_argument("--country", default="")
        parser.add_argument("--behind", action="store_true", help="only those whose tables are of older code")
        parser.add_argument("--size", action="store_true", help="tell bytes on disk, the largest first; takes longer")
        parser.add_argument("--limit", type=int, default=0, help="so many at most")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, **options: Any) -> None:
        size, limit = options["size"], options["limit"]
        lines = _lines(_chosen(options), is_behind=options["behind"])
        if size:
            _measure(lines)
            lines.sort(key=lambda line: -line["bytes"])
        lines = lines[:limit] if limit else lines
        self.say(
            json.dumps(lines, indent=2) if options["json"] else _table(lines, [*COLUMNS, *(["bytes"] if size else [])])
        )


def _chosen(asked: dict[str, Any]) -> QuerySet[Company]:
    found = Company.objects.select_related("agency").order_by("agency__slug", "slug")
    for word in asked["words"]:
        found = found.filter(Q(name__icontains=word) | Q(slug__icontains=word) | Q(owner_email__icontains=word))
    exact = {"agency__slug": "agency", "status": "status", "agency__plan": "plan", "country__iexact": "country"}
    return found.filter(**{path: asked[name] for path, name in exact.items() if asked[name]})


def _lines(companies: QuerySet[Company], *, is_behind: bool) -> list[Line]:
    at_head = set(Schema.objects.filter(fingerprint=head()).values_list("name", flat=True))
    lines = [_line(one, one.schema_name in at_head) for one in companies]
    return [line for line in lines if not (is_behind and line["at_head"])]


def _line(one: Company, at_head: bool) -> Line:
    return {
        "company": f"{one.agency.slug}/{one.slug}", "name": one.name, "status": one.status, "plan": one.agency.plan,
        "country": one.country, "created": one.created_at.isoformat(timespec="seconds"), "schema": one.schema_name,
        "at_head": at_head, "id": str(one.pk), "owner_email": one.owner_email,
    }  # fmt: skip


def _measure(lines: list[Line]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [[line["schema"] for line in lines]])
        sizes = dict(cursor.fetchall())
    for line in lines:
        line["bytes"] = sizes.get(line["schema"], 0)


def _table(lines: list[Line], columns: list[str]) -> str:
    if not lines:
        return "No company."
    rows = [columns, *([_cell(line[column]) for column in columns] for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*drawn, f"{len(lines)} companies"])


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
