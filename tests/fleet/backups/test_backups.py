"""Making backups: by hand, by the clock; checked, let go of, expired."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from tenants.fleet.backups.actions import (
    begin_backup,
    begin_due,
    delete_backup,
    delete_expired,
    drop_rule,
    let_go,
    set_rule,
)
from tenants.fleet.backups.making import check_backup
from tenants.fleet.backups.models import Backup, BackupState, BackupTurn
from tenants.fleet.backups.queries import latest_backup, latest_backup_before, rule_of
from tenants.fleet.backups.rules import Rule
from tenants.fleet.models import Operation
from tenants.fleet.operations.running import run
from tenants.fleet.streams.digests import digest_in, digest_of
from tenants.fleet.streams.files import write_file
from tenants.fleet.streams.loading import Altered
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.ids import uuid7
from tests.factories import Twin


def backed_up(twin: Twin) -> Backup:
    done = run(begin_backup(company=twin.company, by=robot("Tester")))
    assert (done.state, done.error) == ("done", "")
    return Backup.objects.get(pk=done.result["backup"])


def object_of(backup: Backup, settings: Any) -> Path:
    return Path(urlsplit(settings.BACKUP_URL).path) / backup.place


def kept_row(twin: Twin, *, days_ago: int, **values: Any) -> Backup:
    """As if it had been made then; its object is not there."""
    return Backup.objects.create(
        company_id=twin.company.pk, agency_id=twin.agency.pk, subject=twin.company.name, state=BackupState.KEPT,
        made_at=timezone.now() - timedelta(days=days_ago), place=f"{twin.company.pk}/{uuid7()}.backup",
        cause="schedule", **values,
    )  # fmt: skip


def test_a_backup_holds_all_of_the_company_and_nothing_readable(settled: Twin, settings: Any) -> None:
    write_file(settled.company.schema_name, "files/ab/one", [b"scan"])

    backup = backed_up(settled)

    data = object_of(backup, settings).read_bytes()
    assert (backup.state, backup.files, backup.size, backup.fault) == ("kept", 1, len(data), "")
    assert settled.sentinel.encode() not in data
    manifest = check_backup(backup)
    assert digest_in(manifest).differences(digest_of(settled.company.schema_name)) == []
    assert (manifest.company["slug"], manifest.files[0].path) == ("works", "files/ab/one")
    assert [one.name for one in object_of(backup, settings).parent.iterdir()] == [Path(backup.place).name]


def test_a_changed_object_is_found_out_and_not_used(settled: Twin, settings: Any) -> None:
    backup = backed_up(settled)
    path = object_of(backup, settings)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    with pytest.raises(Altered):
        check_backup(backup)

    backup.refresh_from_db()
    assert (bool(backup.fault), backup.is_usable, latest_backup(settled.company.pk)) == (True, False, None)


def test_a_full_disk_leaves_a_failed_row_and_no_object(settled: Twin, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    settings.BACKUP_URL = f"file://{tmp_path}/taken/backups"

    failed = run(begin_backup(company=settled.company, by=robot()))

    assert (failed.state, Backup.objects.get().state) == ("failed", "failed")
    assert "Not a directory" in failed.error


def test_one_at_a_time_for_a_company(settled: Twin) -> None:
    begin_backup(company=settled.company, by=robot())
    with pytest.raises(Conflict):
        begin_backup(company=settled.company, by=robot())
    assert Backup.objects.count() == 1


def test_the_rule_of_the_company_decides_which_stay(settled: Twin) -> None:
    rows = [kept_row(settled, days_ago=days) for days in range(4)]
    set_rule(scope=settled.company, by=robot(), daily=2, weekly=0, monthly=0)

    assert let_go(company=settled.company, by=robot()) == 2
    assert list(Backup.objects.order_by("-made_at")) == rows[:2]


def test_what_somebody_asked_for_stays_a_week(settled: Twin) -> None:
    rows = [kept_row(settled, days_ago=days) for days in (0, 3, 9)]
    Backup.objects.update(cause="asked")
    set_rule(scope=settled.company, by=robot(), daily=1, weekly=0, monthly=0)

    assert let_go(company=settled.company, by=robot()) == 1
    assert list(Backup.objects.order_by("-made_at")) == rows[:2]


def test_a_spoilt_backup_does_not_push_out_a_good_one(settled: Twin) -> None:
    good = kept_row(settled, days_ago=1)
    kept_row(settled, days_ago=0, fault="cut off")
    set_rule(scope=settled.company, by=robot(), daily=1, weekly=0, monthly=0)

    let_go(company=settled.company, by=robot())

    assert good in Backup.objects.all()


def test_the_narrowest_rule_holds(settled: Twin, settings: Any) -> None:
    assert rule_of(settled.company) == Rule(daily=7, weekly=4, monthly=6)
    set_rule(scope="", by=robot(), daily=3)
    set_rule(scope="free", by=robot(), daily=4)
    assert rule_of(settled.company).daily == 4
    set_rule(scope=settled.agency, by=robot(), daily=5)
    set_rule(scope=settled.company, by=robot(), daily=6, hour=2)
    assert rule_of(settled.company) == Rule(hour=2, daily=6, weekly=4, monthly=6)

    for scope in (settled.company, settled.agency, "free", ""):
        drop_rule(scope=scope, by=robot())
    assert rule_of(settled.company) == Rule()


@pytest.mark.parametrize("values", [{"daily": 0}, {"weekly": -1}, {"monthly": 401}, {"hour": 24}, {"yearly": 1}])
def test_a_rule_that_makes_no_sense_is_refused_by_field(settled: Twin, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        set_rule(scope=settled.company, by=robot(), **values)
    assert list(refused.value.errors) == list(values)


def test_who_is_due_is_begun_and_gets_the_next_turn(settled: Twin, neighbour: Twin, settings: Any) -> None:
    settings.BACKUPS_AT_ONCE = 1
    assert begin_due(by=robot()) == 0  # everybody has a turn now, nobody's has come
    BackupTurn.objects.exclude(company_id__in=[settled.company.pk, neighbour.company.pk]).delete()
    BackupTurn.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    BackupTurn.objects.filter(company_id=settled.company.pk).update(due_at=timezone.now() - timedelta(hours=1))

    assert (begin_due(by=robot()), begin_due(by=robot())) == (1, 0)

    backup = Backup.objects.get()
    assert (backup.company_id, backup.cause) == (settled.company.pk, "schedule")
    assert BackupTurn.objects.get(company_id=settled.company.pk).due_at > timezone.now()
    run(Operation.objects.get(company_id=settled.company.pk))
    assert begin_due(by=robot()) == 1
    assert Backup.objects.filter(company_id=neighbour.company.pk).count() == 1


def test_a_busy_company_comes_again_soon(settled: Twin) -> None:
    begin_due(by=robot())
    begin_backup(company=settled.company, by=robot())
    Backup.objects.update(state=BackupState.FAILED)
    BackupTurn.objects.exclude(company_id=settled.company.pk).delete()
    BackupTurn.objects.update(due_at=timezone.now() - timedelta(hours=1))

    begin_due(by=robot())

    assert Backup.objects.count() == 1
    assert BackupTurn.objects.get(company_id=settled.company.pk).due_at < timezone.now() + timedelta(minutes=16)


def test_backups_of_an_erased_company_go_on_their_day(settled: Twin, settings: Any) -> None:
    backup = backed_up(settled)
    Backup.objects.update(company_id=uuid7())

    assert delete_expired(by=robot()) == 0
    assert Backup.objects.get().expires_at > timezone.now() + timedelta(days=34)
    Backup.objects.update(expires_at=timezone.now())
    assert delete_expired(by=robot()) == 1
    assert not object_of(backup, settings).exists()


def test_the_last_before_a_moment(settled: Twin) -> None:
    old, new = kept_row(settled, days_ago=3), kept_row(settled, days_ago=1)
    kept_row(settled, days_ago=2, fault="cut off")

    assert latest_backup_before(settled.company.pk, timezone.now()) == new
    assert latest_backup_before(settled.company.pk, timezone.now() - timedelta(days=2)) == old
    assert latest_backup_before(settled.company.pk, timezone.now() - timedelta(days=9)) is None


def test_one_under_way_cannot_be_deleted(settled: Twin) -> None:
    begin_backup(company=settled.company, by=robot())
    with pytest.raises(Conflict):
        delete_backup(backup=Backup.objects.get(), by=robot())


def test_the_command_makes_lists_checks_and_copies(settled: Twin, tmp_path: Path, capsys: Any) -> None:
    name, file = "settled/works", tmp_path / "copy.backup"
    call_command("company", "backup", name, "--to", str(file))
    backup = Backup.objects.get()
    call_command("company", "backup", name, "--list")
    call_command("company", "backup", name, "--check", str(backup.pk))

    said = capsys.readouterr().out
    assert (file.stat().st_size, said.count(str(backup.pk))) == (backup.size, 3)
    with pytest.raises(CommandError, match="already"):
        call_command("company", "backup", name, "--to", str(file))
