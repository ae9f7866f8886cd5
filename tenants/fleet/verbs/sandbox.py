"""`manage.py company sandbox`: what is done to a sandbox that stands."""

from argparse import ArgumentParser
from typing import Any

from tenants.directory.models import Company
from tenants.fleet.copies.actions import SANDBOX_DAYS, drop_sandbox, keep_sandbox, refresh_sandbox
from tenants.fleet.verbs.base import CompanyVerb


class Sandbox(CompanyVerb):
    help = "Fill a sandbox anew from its company, let it stand longer, or take it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("what", choices=["refresh", "keep", "drop"])
        parser.add_argument("--days", type=int, default=SANDBOX_DAYS, help="for keep: from now on")

    def about(self, company: Company, **options: Any) -> None:
        if options["what"] == "keep":
            kept = keep_sandbox(sandbox=company, days=options["days"], by=self.by)
            self.say(f"{company} stands until {kept.expires_at:%Y-%m-%d}")
        else:
            begin = refresh_sandbox if options["what"] == "refresh" else drop_sandbox
            self.follow(begin(sandbox=company, by=self.by))
            self.say(f"{company}: done")
