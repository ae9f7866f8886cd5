"""`manage.py company suspend`."""

from argparse import ArgumentParser
from typing import Any

from tenants.directory.models import Company
from tenants.fleet.lifecycle.closing import suspend_company
from tenants.fleet.verbs.base import CompanyVerb


class Suspend(CompanyVerb):
    help = "Close a company's doors; its data stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--reason", default="", help="for the audit")

    def about(self, company: Company, **options: Any) -> None:
        suspend_company(company=company, reason=options["reason"], by=self.by)
        self.say(f"{company} is suspended.")
