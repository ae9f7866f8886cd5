"""`manage.py company rename`."""

from argparse import ArgumentParser
from typing import Any

from tenants.directory.models import Company
from tenants.directory.queries import company_tenant
from tenants.fleet.lifecycle.renaming import rename_company, what_breaks
from tenants.fleet.verbs.base import CompanyVerb


class Rename(CompanyVerb):
    help = "Give a company another address; the former one leads on for a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", help="the new address: 3 to 40 small letters, digits and hyphens")

    def about(self, company: Company, **options: Any) -> None:
        rename_company(company=company, slug=options["slug"], by=self.by)
        self.say(f"{company} is at {company_tenant(company.pk).base_url}")
        for line in what_breaks():
            self.say(f"  {line}")
