"""`manage.py memberships rebuild`: the index of who works in which company, anew from the companies' own tables."""

from argparse import ArgumentParser
from typing import Any

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.identity.switching.index import rebuild
from tenants.kernel import context
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.context import PUBLIC_SCHEMA, Place


class Command(ScopedCommand):
    scope = Scope.COMPANIES
    help = "Make the index for switching between companies anew: after a restore, or a new SECRET_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["rebuild"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        with context.public():
            rows = Company.objects.filter(status=CompanyStatus.ACTIVE).order_by("schema_name")
            companies = {one.schema_name: one for one in rows}
        # The index lies in public; `rebuild` itself looks into the company.
        self.walk(
            [(name, Place(schema=PUBLIC_SCHEMA)) for name in companies], lambda name: self._rebuild(companies[name])
        )

    def _rebuild(self, company: Company) -> None:
        self.stdout.write(f"{company.name}: {rebuild(company)} people")
