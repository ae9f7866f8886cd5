"""`manage.py audit verify [--company agency/slug]`: walk along the audit chains and name what does not hold."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Agency, Company
from tenants.identity.auditing.verifying import verify
from tenants.kernel import context
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.context import PUBLIC_SCHEMA, Place


class Command(ScopedCommand):
    scope = Scope.COMPANIES
    help = "Check the audit of companies, agencies and the platform: changed, missing, reordered or cut-off entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["verify"])
        parser.add_argument("--company", default="", help="Its slug, or agency/company; all chains without it.")

    def handle(self, *args: Any, what: str, company: str, **options: Any) -> None:
        with context.public():
            chosen = list(_companies(company) if company else _everything())
        if not chosen:
            raise CommandError(f"There is no company {company}.")
        self.broken = 0
        self.walk(chosen, self._verify)
        if self.broken:
            raise CommandError(f"{self.broken} of {len(chosen)} chains do not hold.")

    def _verify(self, name: str) -> None:
        report = verify()
        self.stdout.write(f"{name}: {report.count} entries, {'whole' if report.holds else 'NOT WHOLE'}")
        for finding in report.findings:
            self.stderr.write(f"{name}: {finding}")
        self.broken += not report.holds


def _companies(named: str = "") -> Iterator[tuple[str, Place]]:
    agency, _slash, slug = named.rpartition("/")
    rows = (
        Company.objects.exclude(status=CompanyStatus.ERASING).select_related("agency").order_by("agency__slug", "slug")
    )
    rows = rows.filter(slug=slug) if slug else rows
    for one in rows.filter(agency__slug=agency) if agency else rows:
        yield f"{one.agency.slug}/{one.slug}", one.place


def _everything() -> Iterator[tuple[str, Place]]:
    yield "platform", Place(schema=PUBLIC_SCHEMA)
    for agency in Agency.objects.order_by("slug"):
        yield f"agency {agency.slug}", Place(schema=PUBLIC_SCHEMA, agency_id=agency.pk)
    yield from _companies()
