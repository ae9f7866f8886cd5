"""`manage.py company restore`: a copy beside, what differs, swapping, single records, going back, throwing away."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError
from django.utils.dateparse import parse_datetime

from tenants.directory.models import Company
from tenants.fleet.backups.copying import bring_in
from tenants.fleet.backups.models import Backup
from tenants.fleet.backups.queries import backup_of, latest_backup, latest_backup_before
from tenants.fleet.restoring.actions import begin_discard, begin_restore, begin_swap
from tenants.fleet.restoring.comparing import differences, missing_tables
from tenants.fleet.restoring.hooks import pick
from tenants.fleet.restoring.models import Restore as Row
from tenants.fleet.restoring.models import RestoreState
from tenants.fleet.restoring.queries import restore_beside
from tenants.fleet.verbs.base import CompanyVerb


class Restore(CompanyVerb):
    help = "Restore a company beside itself, look what differs, then swap or take single records."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--backup", metavar="ID|latest|FILE", help="which backup; without: the copy that is beside")
        which.add_argument("--at", metavar="MOMENT", help="the last backup before this moment, like 2026-11-21T09:30")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--preview", action="store_true", help="say what a swap would change; this is the default")
        what.add_argument("--swap", action="store_true", help="put the copy in the company's place")
        what.add_argument("--pick", nargs="+", metavar="TYPE:ID", help="bring these records back, like contacts:0198…")
        what.add_argument("--back", action="store_true", help="undo the swap")
        what.add_argument("--discard", action="store_true", help="throw away what is beside")

    def about(self, company: Company, **options: Any) -> None:
        restore = self._restored(company, options)
        if options["discard"]:
            self.follow(begin_discard(company=company, restore=restore, by=self.by))
        elif options["swap"] or options["back"]:
            self._swap(company, restore, wanted=RestoreState.SWAPPED if options["swap"] else RestoreState.BESIDE)
        elif options["pick"]:
            self._pick(company, restore, options["pick"])
        else:
            self._preview(company, restore)

    def _restored(self, company: Company, options: dict[str, Any]) -> Row:
        """What is beside, restored now where a backup was named."""
        beside = restore_beside(company.pk)
        backup = self._backup(company, options)
        if backup and not (beside and beside.backup_id == backup.pk):
            self.follow(begin_restore(company=company, backup=backup, by=self.by))
            beside = restore_beside(company.pk)
        if not beside:
            raise CommandError("Nothing is beside this company. Name a backup: --backup latest")
        return beside

    def _backup(self, company: Company, options: dict[str, Any]) -> Backup | None:
        named = options["backup"]
        if not named and not options["at"]:
            return None
        if options["at"]:
            found = latest_backup_before(company.pk, moment_in(options["at"]))
        elif named == "latest":
            found = latest_backup(company.pk)
        else:
            found = _by_id(company, named) or bring_in(company, Path(named))
        if not found:
            raise CommandError("There is no such backup that can be used.")
        return found

    def _swap(self, company: Company, restore: Row, *, wanted: RestoreState) -> None:
        if restore.state == wanted:
            raise CommandError(f"{restore} is {restore.get_state_display()} already.")
        self.follow(begin_swap(company=company, restore=restore, by=self.by))
        self.say(f"{company.name} is in use as of {self._shown(company, restore, wanted)}; undo with --back or --swap")

    def _shown(self, company: Company, restore: Row, state: RestoreState) -> str:
        return f"{restore.made_at:%Y-%m-%d %H:%M:%S}" if state == RestoreState.SWAPPED else "before the swap"

    def _pick(self, company: Company, restore: Row, texts: list[str]) -> None:
        wanted = [_named(text) for text in texts]
        for one in pick(company=company, restore=restore, wanted=wanted, by=self.by):
            self.say(f"{one.record_type} {one.record_id} {one.title}: {one.outcome}")

    def _preview(self, company: Company, restore: Row) -> None:
        live, beside = company.schema_name, restore.schema_name
        exact = "checksums as in the backup" if restore.is_exact else "checksums not compared"
        self.say(f"{restore}: {restore.rows:,} rows, {exact}")
        for table in missing_tables(live, beside):
            self.say(f"  {table}: missing in the company")
        found = differences(live, beside)
        for one in found:
            self.say(f"  {one.table}: {one.added:,} come back, {one.changed:,} change, {one.removed:,} go")
        if not found:
            self.say("  nothing differs")


def moment_in(text: str) -> datetime:
    """UTC where no zone is written. Raises CommandError."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if not found:
        raise CommandError(f"“{text}” is no moment. Write it like 2026-11-21T09:30 or 2026-11-21T09:30+05:30.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _by_id(company: Company, text: str) -> Backup | None:
    try:
        backup_id = UUID(text)
    except ValueError:
        return None
    return backup_of(company.pk, backup_id)


def _named(text: str) -> tuple[str, UUID]:
    record_type, _colon, record_id = text.partition(":")
    try:
        return record_type, UUID(record_id)
    except ValueError as error:
        raise CommandError(f"“{text}” is no record. Write it like contacts:0198f2c1-….") from error
