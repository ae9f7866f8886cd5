"""`manage.py company backup`: one now, those there are, a check of one, a copy of one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from tenants.directory.models import Company
from tenants.fleet.backups.actions import begin_backup
from tenants.fleet.backups.copying import copy_out
from tenants.fleet.backups.making import check_backup
from tenants.fleet.backups.models import Backup as Row
from tenants.fleet.backups.queries import backup_of, backups_of
from tenants.fleet.verbs.base import CompanyVerb


class Backup(CompanyVerb):
    help = "Make a backup of one company, list its backups, check one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="only show what there is")
        what.add_argument("--check", metavar="ID", help="only read this one back and compare its checksums")
        parser.add_argument("--to", type=Path, metavar="FILE", help="leave a copy of it, sealed as it is, in this file")

    def about(self, company: Company, **options: Any) -> None:
        if options["list"]:
            for row in backups_of(company.pk):
                self.say(told(row))
        elif options["check"]:
            self._check(backup_of(company.pk, options["check"]))
        else:
            self._make(company, options["to"])

    def _check(self, row: Row) -> None:
        manifest = check_backup(row)
        self.say(f"{row.pk}: {manifest.rows:,} rows and {len(manifest.files):,} files, all as they were written")

    def _make(self, company: Company, copy: Path | None) -> None:
        if copy and copy.exists():
            raise CommandError(f"{copy} is there already.")
        done = self.follow(begin_backup(company=company, by=self.by))
        row = backup_of(company.pk, done.result["backup"])
        if copy:
            copy_out(row, copy)
        self.say(told(row))


def told(row: Row) -> str:
    """One line."""
    moment = f"{row.made_at:%Y-%m-%d %H:%M:%S}" if row.made_at else f"{row.created_at:%Y-%m-%d %H:%M:%S}"
    state = row.fault or str(row.get_state_display())
    return f"{row.pk}  {moment}  {row.rows:>10,} rows  {row.size / 1e6:>9,.1f} MB  {state}"
