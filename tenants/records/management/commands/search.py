"""`manage.py search reindex [--company host] [--type contacts]`: make the entries of the search anew."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.kernel import context
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.records.search.reindexing import reindex_all, searched_types


class Command(ScopedCommand):
    scope = Scope.COMPANIES
    help = "Keep the search of companies in step with their records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["reindex"])
        parser.add_argument("--company", default="", help="The company's slug, or agency/company; all without it.")
        parser.add_argument("--type", action="append", default=[], help="A record type; all without it.")

    def handle(self, *args: Any, what: str, company: str, type: list[str], **options: Any) -> None:
        unknown = set(type) - {found.name for found in searched_types()}
        if unknown:
            raise CommandError(f"There is no record type {unknown.pop()}.")
        with context.public():
            companies = list(_chosen(company))
        if not companies:
            raise CommandError(f"There is no active company {company}." if company else "There is no active company.")
        self.walk([(str(one), one.place) for one in companies], lambda name: self._reindex(name, type))

    def _reindex(self, name: str, types: list[str]) -> None:
        started = time.monotonic()
        count = reindex_all(types)
        self.stdout.write(f"{name}: {count} records indexed in {time.monotonic() - started:.1f} s")


def _chosen(named: str) -> Any:
    rows = Company.objects.filter(status=CompanyStatus.ACTIVE).select_related("agency")
    agency, _slash, slug = named.rpartition("/")
    rows = rows.filter(slug=slug) if slug else rows
    return rows.filter(agency__slug=agency) if agency else rows
