"""`manage.py company transfer`."""

from argparse import ArgumentParser
from typing import Any

from tenants.directory.models import Company
from tenants.fleet.lifecycle.transfers import approve_transfer, ask_transfer, open_transfer_of
from tenants.fleet.models import Operation
from tenants.fleet.models import Transfer as Row
from tenants.fleet.verbs.base import CompanyVerb


class Transfer(CompanyVerb):
    help = "Ask another agency to take a company over; with --approved both have agreed and it moves now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--to", required=True, metavar="AGENCY", help="the receiving agency's address (slug)")
        parser.add_argument("--slug", default="", help="the company's address there, if another than now")
        parser.add_argument("--reason", default="", help="for both agencies")
        parser.add_argument("--consent", action="store_true", help="ask the company's owner too")
        parser.add_argument("--approved", action="store_true", help="both agencies have agreed: said in both audits")

    def about(self, company: Company, **options: Any) -> None:
        row = open_transfer_of(company) or self._ask(company, **options)
        if options["approved"]:
            row = approve_transfer(transfer=row, by=self.by)
        if row.operation_id is None:
            self.say(f"{row.to_agency} was asked. Until {row.expires_at:%Y-%m-%d} it may approve in its portal.")
            return
        done = self.follow(Operation.objects.get(pk=row.operation_id))
        for line in done.result.get("renew", []):
            self.say(f"  {line}")

    def _ask(self, company: Company, *, to: str, slug: str, reason: str, consent: bool, **options: Any) -> Row:
        return ask_transfer(company=company, to=to, slug=slug, reason=reason, needs_consent=consent, by=self.by)
