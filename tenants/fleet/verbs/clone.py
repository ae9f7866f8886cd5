"""`manage.py company clone`: a second company like the first, or a sandbox beside it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from tenants.directory.models import Agency, Company
from tenants.fleet.copies.actions import SANDBOX_DAYS, clone_company, make_sandbox
from tenants.fleet.verbs.base import CompanyVerb


class Clone(CompanyVerb):
    help = "Copy a company into a new one: all of it, its configuration alone, or a sandbox beside it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--slug", required=True, help="address of the copy")
        parser.add_argument("--name", default="", help="default: the company's, and that it is a copy")
        parser.add_argument("--agency", default="", help="slug of another agency; not for sandboxes")
        parser.add_argument(
            "--without-records", action="store_true", help="roles, pipelines, fields and the like alone"
        )
        parser.add_argument("--sandbox", action="store_true", help="nothing leaves it: no mail, no call")
        parser.add_argument("--days", type=int, default=SANDBOX_DAYS, help="how long a sandbox stands")

    def about(self, company: Company, **options: Any) -> None:
        asked = {"company": company, "slug": options["slug"], "name": options["name"], "by": self.by}
        if options["sandbox"]:
            operation = make_sandbox(**asked, days=options["days"])
        else:
            agency = agency_named(options["agency"]) if options["agency"] else company.agency
            operation = clone_company(**asked, agency=agency, with_records=not options["without_records"])
        done = self.follow(operation)
        made = Company.objects.select_related("agency").get(pk=done.result["company_id"])
        self.say(f"{made.agency.slug}/{made.slug} is open: {done.result['rows']} rows, {done.result['files']} files")


def agency_named(slug: str) -> Agency:
    found = Agency.objects.filter(slug=slug).first()
    if not found:
        raise CommandError(f"No agency “{slug}”.")
    return found
