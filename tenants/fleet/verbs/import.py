"""`manage.py company import`: a package of another installation as a company here."""  # noqa: N999 - the verb's name

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tenants.fleet.copies import keeping
from tenants.fleet.copies.actions import import_company
from tenants.fleet.copies.packing import CHUNK
from tenants.fleet.verbs.base import Verb, follow
from tenants.fleet.verbs.clone import agency_named
from tenants.fleet.verbs.export import first_line


class Import(Verb):
    help = "Bring a package in as a new company of an agency."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--agency", required=True, help="its slug")
        parser.add_argument("--slug", required=True, help="address of the company here")
        parser.add_argument("--name", default="", help="default: as it was")
        parser.add_argument("--passphrase-file", type=Path, help="its first line opens a sealed package")

    def handle(self, **options: Any) -> None:
        agency, passphrase = agency_named(options["agency"]), first_line(options["passphrase_file"])
        package = self._taken_in(options["file"])
        try:
            operation = import_company(
                package=package, agency=agency, slug=options["slug"], name=options["name"], by=self.by,
                passphrase=passphrase,
            )  # fmt: skip
        except BaseException:
            keeping.drop(package)
            raise
        done = follow(operation, self.say)
        self.say(
            f"{agency.slug}/{done.result['slug']} is open: {done.result['rows']} rows, {done.result['files']} files"
        )
        for words in done.result["left_behind"]:
            self.say(f"  enter again: {words}")
        for host in done.result["hosts"]:
            self.say(f"  was at: {host}")

    def _taken_in(self, path: Path) -> str:
        try:
            with path.open("rb") as file:
                return keeping.taken_in(iter(lambda: file.read(CHUNK), b""))
        except OSError as error:
            raise CommandError(f"{path} cannot be read.") from error
