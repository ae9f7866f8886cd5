"""`manage.py company certificate`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from tenants.directory.queries import agency_tenant
from tenants.fleet.lifecycle.certificates import as_json, certificate_by_id, certificates_of, check_file
from tenants.fleet.models import Certificate as Kept
from tenants.fleet.verbs.base import Verb


class Certificate(Verb):
    help = "Certificates of erasure: list them, write one out, check one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", help="which one to write out; without it, a list")
        parser.add_argument("--to", type=Path, metavar="FILE", help="write it there: .pdf for people, else JSON")
        parser.add_argument("--verify", type=Path, metavar="FILE", help="check the signature of a JSON certificate")
        parser.add_argument(
            "--key", default="", help="public key of the installation that signed it; default: this one"
        )

    def handle(self, **options: Any) -> None:
        if options["verify"]:
            self._verify(options["verify"], options["key"])
        elif options["number"]:
            self._write(certificate_by_id(_id(options["number"])), options["to"])
        else:
            for one in certificates_of():
                self.say(f"{one.pk}  {one.document['erased_at']}  {one.company_name}")

    def _verify(self, file: Path, key: str) -> None:
        try:
            told = check_file(file.read_bytes(), key=key)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        self.say(f"The signature holds: {told['company']['name']}, erased {told['erased_at']}.")

    def _write(self, certificate: Kept, to: Path | None) -> None:
        from tenants.fleet.lifecycle.papers import as_pdf  # loads long; other commands need not wait

        is_pdf = to is not None and to.suffix == ".pdf"
        text = as_pdf(certificate, agency_tenant(certificate.agency_id).brand) if is_pdf else as_json(certificate)
        if to:
            to.write_bytes(text)
            self.say(f"Written to {to}")
        else:
            sys.stdout.write(text.decode() + "\n")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no number of a certificate.") from error
