"""`manage.py memberships rebuild`: the index of who works in which company, anew from the companies' own tables."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.identity.switching.index import rebuild
from tenants.kernel import context


class Command(BaseCommand):
    help = "Make the index for switching between companies anew: after a restore, or a new SECRET_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["rebuild"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        with context.public():
            companies = list(Company.objects.filter(status=CompanyStatus.ACTIVE).order_by("schema_name"))
            for company in companies:
                self.stdout.write(f"{company.name}: {rebuild(company)} people")
