"""`manage.py company rewind COMPANY --at MOMENT`."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError
from django.utils import timezone

from tenants.directory.models import Company
from tenants.fleet.verbs.base import CompanyVerb, company_verb
from tenants.kernel import context
from tenants.records.jobs.words import done_text
from tenants.records.past.actions import start_rewind
from tenants.records.past.preview import Preview
from tenants.records.past.reading import moment_asked
from tenants.records.past.rewinding import Wish
from tenants.records.registry import type_named


@company_verb("rewind")
class Rewind(CompanyVerb):
    help = "Bring a company's records back to a moment; tells first what would happen. The job can be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--at", required=True, help="the moment, like 2026-11-30T15:00, in the company's time zone")
        parser.add_argument("--types", nargs="*", default=[], metavar="TYPE", help="only these, like contacts deals")
        parser.add_argument("--by", default="", metavar="EMAIL", help="only what this person did since")
        parser.add_argument("--job", type=UUID, metavar="ID", help="only what this job did, like an import")
        parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")

    def about(self, company: Company, *, dry_run: bool = False, **options: Any) -> None:
        with context.inside(company.place, actor=self.by), timezone.override(company.time_zone):
            wish = self._wish(**{name: options[name] for name in ("at", "types", "by", "job")})
            preview = Preview.of(wish, self.by)
            self._tell(preview)
            if preview.total and not dry_run:
                self.say(done_text(start_rewind(wish=wish, by=self.by, is_here=True)))

    def _wish(self, *, at: str, types: list[str], by: str, job: UUID | None) -> Wish:
        user = get_user_model().objects.filter(email__iexact=by).first() if by else None
        if by and not user:
            raise CommandError(f"Nobody in this company has the e-mail address {by}.")
        names = tuple(type_named(name).name for name in types)
        return Wish(at=moment_asked(at, "at"), types=names, user_id=user.pk if user else None, job_id=job)

    def _tell(self, preview: Preview) -> None:
        if not preview.parts:
            self.say("Nothing has changed since.")
        for part in preview.parts:
            who = ", ".join(f"{name} ({count})" for name, count in part.who.items())
            self.say(
                f"{part.record_type.name}: {part.back} back, {part.change} changed, {part.remove} removed,"
                f" {part.left} left; since changed by {who}"
            )
