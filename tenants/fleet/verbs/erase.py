"""`manage.py company erase`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from tenants.directory.models import Company
from tenants.fleet.lifecycle.closing import restore_company, retire_company
from tenants.fleet.lifecycle.erasing import begin_erasing
from tenants.fleet.verbs.base import CompanyVerb


class Erase(CompanyVerb):
    help = "Close a company for good; it is erased after some days, or at once with --now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--confirm", default="", metavar="NAME", help="the company's name, typed out")
        parser.add_argument("--reason", default="", help="for the audit and the certificate")
        parser.add_argument("--days", type=int, default=settings.ERASE_DAYS, help="to take it back in (%(default)s)")
        parser.add_argument("--now", action="store_true", help="erase it at once; there is no way back")
        parser.add_argument("--undo", action="store_true", help="take a closed company back")

    def about(self, company: Company, **options: Any) -> None:
        if options["undo"]:
            restore_company(company=company, by=self.by)
            self.say(f"{company} is open again.")
        else:
            self._close(company, **options)

    def _close(self, company: Company, *, confirm: str, reason: str, days: int, now: bool, **options: Any) -> None:
        found = retire_company(company=company, typed_name=confirm, reason=reason, days=days, by=self.by, is_silent=now)
        if not now:
            assert found.erase_after
            self.say(f"{company} is closed and will be erased after {found.erase_after:%Y-%m-%d %H:%M} UTC.")
            return
        done = self.follow(begin_erasing(company=found, reason=reason, by=self.by))
        self.say(f"{company} is erased. Certificate {done.result.get('certificate', '')}")
