"""`manage.py company export`: a company as a package for another installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tenants.directory.models import Company
from tenants.fleet.copies import keeping
from tenants.fleet.copies.actions import export_company
from tenants.fleet.verbs.base import CompanyVerb


class Export(CompanyVerb):
    help = "Write a company into a package that another installation takes in. For machines; people export in Data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase-file", type=Path, help="its first line seals the package, with secrets in it")

    def about(self, company: Company, **options: Any) -> None:
        target: Path = options["file"]
        if target.exists():
            raise CommandError(f"{target} is there already.")
        operation = export_company(company=company, by=self.by, passphrase=first_line(options["passphrase_file"]))
        done = self.follow(operation)
        keeping.move_to(str(operation.pk), target)
        self.say(f"{target}: {done.result['rows']} rows, {done.result['files']} files, {done.result['bytes']} bytes")
        for words in done.result["left_behind"]:
            self.say(f"  not in it: {words}")


def first_line(file: Path | None) -> str:
    """A passphrase on the command line would stand in the list of processes."""
    if file is None:
        return ""
    try:
        return file.read_text().splitlines()[0].strip()
    except (OSError, IndexError) as error:
        raise CommandError(f"{file} holds no passphrase.") from error
