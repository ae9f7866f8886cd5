"""`manage.py company create AGENCY NAME`: a company that works when the command returns."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction

from tenants.directory.models import Agency
from tenants.directory.names import slug_from
from tenants.directory.queries import company_tenant
from tenants.fleet.actions import create_company
from tenants.fleet.verbs.base import Verb
from tenants.kernel import trust

CARRIED = ("name", "country", "owner_email", "owner_name", "time_zone", "currency", "language")


class Create(Verb):
    help = "Make a company for an agency; its owner gets an invitation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("agency", help="the agency's slug")
        parser.add_argument("name", help="the company's name")
        parser.add_argument("--slug", default="", help="first part of its address; made of the name unless given")
        parser.add_argument("--country", required=True, help="two letters, like IN")
        parser.add_argument("--owner-email", required=True, help="gets the invitation")
        parser.add_argument("--owner-name", default="")
        parser.add_argument("--time-zone", default="", help="like Asia/Kolkata; the country's unless given")
        parser.add_argument("--currency", default="", help="like INR; the country's unless given")
        parser.add_argument("--language", default="en", choices=list(dict(settings.LANGUAGES)))

    def handle(self, **options: Any) -> None:
        owner = Agency.objects.filter(slug=options["agency"]).first()
        if not owner:
            raise CommandError(f"No agency “{options['agency']}”.")
        values = {name: options[name] for name in CARRIED}
        slug = options["slug"] or slug_from(options["name"])
        with transaction.atomic():
            made = create_company(agency=owner, slug=slug, by=self.by, **values)
            about = {"subject": f"company:{made.pk}", "agency": str(owner.pk)}
            trust.note("company.created", by=self.by, country=made.country, **about)
        self.say(f"{owner.slug}/{made.slug}: {company_tenant(made.pk).base_url}, schema {made.schema_name}")
