"""`manage.py company deploy`: what was tried out in a sandbox, into the company it is of."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.module_loading import import_string

from tenants.directory.models import Company
from tenants.fleet.verbs.base import CompanyVerb
from tenants.kernel import context

# Rooms above the fleet, asked by name as modules are.
DIFFERENCES = "tenants.records.deploying.comparing.differences"
DEPLOY = "tenants.records.deploying.actions.deploy"
RUN = "tenants.records.jobs.actions.run_now"


class Deploy(CompanyVerb):
    help = "Show how a sandbox is set up otherwise than its company, and apply what is chosen of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--choose", action="append", default=[], metavar="ID", help="a change, as it is listed")
        parser.add_argument("--all", action="store_true", help="all changes without a conflict")

    def about(self, company: Company, **options: Any) -> None:
        if not company.is_sandbox or not company.sandbox_of:
            raise CommandError(f"{company} is no sandbox of another company.")
        with context.inside(company.sandbox_of.place):
            found = import_string(DIFFERENCES)(company)
            for one in found:
                self.say(f"{one.id}  {one.verb}: {one.title}{'  (conflict)' if one.is_conflict else ''}")
            chosen = [one.id for one in found if options["all"] and not one.is_conflict] + options["choose"]
            if chosen:
                self._apply(company, chosen)

    def _apply(self, sandbox: Company, chosen: list[str]) -> None:
        job = import_string(RUN)(import_string(DEPLOY)(sandbox=sandbox, chosen=chosen, by=self.by))
        self.say(f"{job.label}: {job.get_state_display()}, {job.done} of {job.total} applied; job {job.pk}")
        for line in job.lines.all():
            self.say(f"  {line.name}: {line.message}")
