"""A copy beside, what differs, the swap there and back, single records, throwing away, the nightly test."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from tenants.crm.models import Account, Contact, Deal
from tenants.fleet.backups.models import Backup
from tenants.fleet.models import Operation, Restore, Schema
from tenants.fleet.operations.running import run
from tenants.fleet.restoring.actions import begin_discard, begin_restore, begin_swap, discard_expired
from tenants.fleet.restoring.comparing import Difference, differences
from tenants.fleet.restoring.queries import place_of, restore_beside
from tenants.fleet.restoring.testing import begin_test
from tenants.fleet.streams.digests import digest_of
from tenants.fleet.streams.files import checked_file, files_of, write_file
from tenants.identity.actions import create_api_key
from tenants.identity.auditing.verifying import verify
from tenants.identity.models import ApiKey, AuditEntry, Session, User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict
from tenants.records.actions import update_record
from tenants.records.models import Change
from tenants.records.restoring.actions import pick_records
from tenants.records.restoring.queries import preview_of
from tests.factories import Twin, make
from tests.fleet.backups.test_backups import backed_up, object_of

BY = robot("Tester")


def restored(twin: Twin, backup: Backup) -> Restore:
    done = run(begin_restore(company=twin.company, backup=backup, by=BY))
    assert (done.state, done.error, done.result["exact"]) == ("done", "", True)
    return Restore.objects.get(pk=done.result["restore"])


def swapped(twin: Twin, restore: Restore) -> Restore:
    done = run(begin_swap(company=twin.company, restore=restore, by=BY))
    assert (done.state, done.error) == ("done", "")
    restore.refresh_from_db()
    return restore


def names(twin: Twin) -> set[str]:
    with context.inside(twin.place):
        return set(Contact.objects.values_list("first_name", flat=True))


def test_a_copy_beside_is_exact_and_the_company_goes_on(settled: Twin) -> None:
    backup = backed_up(settled)
    with context.inside(settled.place, actor=BY):
        make("contacts", first_name="Later", last_name="One")

    restore = restored(settled, backup)

    assert (restore.state, restore.is_exact, restore.rows) == ("beside", True, backup.rows)
    assert names(settled) == {settled.sentinel, "Later"}
    with context.inside(place_of(restore)):
        assert list(Contact.objects.values_list("first_name", flat=True)) == [settled.sentinel]
    with pytest.raises(Conflict):
        begin_restore(company=settled.company, backup=backup, by=BY)


def test_what_differs_is_told_by_type_with_names(settled: Twin) -> None:
    backup = backed_up(settled)
    with context.inside(settled.place, actor=BY):
        make("contacts", first_name="Later", last_name="One")
        update_record(record=Deal.objects.get(), values={"name": "Renamed"}, by=BY)
        Contact.objects.filter(pk=settled.contact_id).delete()
    restore = restored(settled, backup)

    found = {one.record_type.name: one for one in preview_of(settled.company, restore).types}

    contacts, deals = found["contacts"], found["deals"]
    assert contacts.counts == Difference(table="crm_contact", added=1, removed=1, changed=0)
    assert [one.title for one in contacts.added] == [f"{settled.sentinel} Nair"]
    assert [one.title for one in contacts.removed] == ["Later One"]
    assert (deals.counts.changed, [one.title for one in deals.changed]) == (1, [f"{settled.sentinel} rooftop"])
    assert "accounts" not in found


def test_a_swap_takes_everything_back_and_a_second_one_forward(settled: Twin) -> None:
    write_file(settled.company.schema_name, "files/ab/kept", [b"old"])
    before = digest_of(settled.company.schema_name)
    backup = backed_up(settled)
    write_file(settled.company.schema_name, "files/ab/kept", [b"spoilt"])
    write_file(settled.company.schema_name, "files/cd/new", [b"new"])
    with context.inside(settled.place, actor=BY):
        make("contacts", first_name="Later", last_name="One")
    restore = swapped(settled, restored(settled, backup))

    assert (restore.state, names(settled)) == ("swapped", {settled.sentinel})
    assert differing(before, settled) <= {"identity_auditentry", "identity_session"}
    assert [one.path for one in files_of(settled.company.schema_name)] == ["files/ab/kept"]
    assert checked_file(settled.company.schema_name, "files/ab/kept").size == 3

    swapped(settled, restore)

    assert (restore.refresh_from_db(), restore.state) == (None, "beside")
    assert names(settled) == {settled.sentinel, "Later"}
    assert len(files_of(settled.company.schema_name)) == 2


def differing(before: Any, twin: Twin) -> set[str]:
    return {line.partition(":")[0] for line in before.differences(digest_of(twin.company.schema_name))}


def test_roles_see_their_own_schema_and_no_other_after_a_swap(settled: Twin) -> None:
    restore = swapped(settled, restored(settled, backed_up(settled)))
    reads = {
        (role, schema): may_read(role, schema)
        for role in (settled.company.schema_name, restore.schema_name)
        for schema in (settled.company.schema_name, restore.schema_name)
    }
    assert {pair: may for pair, may in reads.items() if may != (pair[0] == pair[1])} == {}
    assert may_read(settled.company.schema_name, settled.company.schema_name, "UPDATE", "identity_auditentry") is False


def may_read(role: str, schema: str, right: str = "SELECT", table: str = "crm_contact") -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_schema_privilege(%s, %s, 'USAGE') AND has_table_privilege(%s, %s, %s)",
            [role, schema, role, f"{schema}.{table}", right],
        )
        return bool(cursor.fetchone()[0])


def test_the_audit_is_carried_over_and_its_chain_holds(settled: Twin) -> None:
    backup = backed_up(settled)
    with context.inside(settled.place, actor=BY), transaction.atomic():
        create_api_key(user=User.objects.get(role__slug="owner"), name="Later", by=BY)
        later = AuditEntry.objects.order_by("-number").first()
    swapped(settled, restored(settled, backup))

    with context.inside(settled.place):
        assert later in AuditEntry.objects.all()
        assert AuditEntry.objects.order_by("-number").first().action == "company.swapped"
        assert verify().findings == []


def test_doors_that_were_closed_since_stay_closed(settled: Twin) -> None:
    settled.signed_in()
    backup = backed_up(settled)
    with context.inside(settled.place):
        ApiKey.objects.update(revoked_at=timezone.now())
        User.objects.filter(role__slug="owner").update(is_active=False)
    swapped(settled, restored(settled, backup))

    with context.inside(settled.place):
        assert (Session.objects.count(), ApiKey.objects.filter(revoked_at=None).count()) == (0, 0)
        assert list(User.objects.filter(role__slug="owner").values_list("is_active", flat=True)) == [False]
    assert settled.with_key().get("/api/v1/contacts").status_code == 401


def test_statements_that_are_kept_prepared_see_the_other_rows(settled: Twin) -> None:
    restore = restored(settled, backed_up(settled))
    with context.inside(settled.place):
        Contact.objects.update(first_name="Live")
        for _round in range(8):
            assert Contact.objects.get().first_name == "Live"
    swapped(settled, restore)
    with context.inside(settled.place):
        assert [Contact.objects.get().first_name for _round in range(8)] == [settled.sentinel] * 8


def in_thread(function: Callable[[], None]) -> "Future[None]":
    def body() -> None:
        try:
            function()
        finally:
            connection.close()

    return ThreadPoolExecutor(1).submit(body)


def test_no_transaction_is_on_both_sides_of_a_swap(settled: Twin) -> None:
    """Each writes a contact and then a deal: either both are in use, or both are aside."""
    restore = restored(settled, backed_up(settled))
    over = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not over.is_set():
            with context.inside(settled.place, actor=BY), transaction.atomic():
                contact = make("contacts", first_name="Pair", last_name=str(len(written)))
                make("deals", name=f"Pair {len(written)}", contact=contact.pk)
            written.append(1)

    writing = in_thread(write)
    while not writing.done() and not written:
        time.sleep(0.05)
    swapped(settled, restore)
    so_far = len(written)
    while not writing.done() and len(written) < so_far + 2:
        time.sleep(0.05)
    over.set()
    writing.result()

    counts = [pairs_in(place) for place in (settled.place, place_of(restore))]
    assert [contacts for contacts, deals in counts] == [deals for contacts, deals in counts]
    assert (sum(contacts for contacts, _deals in counts), min(counts) > (0, 0)) == (len(written), True)


def pairs_in(place: context.Place) -> tuple[int, int]:
    with context.inside(place):
        return Contact.objects.filter(first_name="Pair").count(), Deal.objects.filter(name__startswith="Pair").count()


def test_a_swap_waits_for_who_is_at_work(settled: Twin) -> None:
    restore = restored(settled, backed_up(settled))
    begun = threading.Event()

    def hold() -> None:
        with context.inside(settled.place), transaction.atomic():
            Contact.objects.update(job_title="Held")
            begun.set()
            time.sleep(1.5)

    holding = in_thread(hold)
    begun.wait()
    swapped(settled, restore)
    holding.result()

    with context.inside(place_of(restore)):
        assert Contact.objects.get().job_title == "Held"


def waited_for(table: str) -> None:
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table])
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.01)


def test_a_swap_gives_way_to_who_waits_for_it_and_is_waited_for(settled: Twin) -> None:
    """The server ends whoever finds out first that each waits for the other. It must not be the one who works."""
    restore = restored(settled, backed_up(settled))
    account, contact = "crm_account", "crm_contact"  # locked by the swap in this order, then deals
    begun = threading.Barrier(3)

    def hold() -> None:
        with context.inside(settled.place), transaction.atomic():
            Contact.objects.update(job_title="Held")
            begun.wait()
            waited_for(account)
            time.sleep(0.5)

    def write() -> None:
        with context.inside(settled.place), transaction.atomic():
            Deal.objects.update(name="Written")
            begun.wait()
            waited_for(contact)
            Account.objects.update(name="Written")

    threads = [in_thread(hold), in_thread(write)]
    begun.wait()
    swapped(settled, restore)
    for thread in threads:
        thread.result()

    with context.inside(place_of(restore)):
        assert (Account.objects.get().name, Deal.objects.get().name) == ("Written", "Written")


def test_single_records_come_back_with_history(settled: Twin) -> None:
    backup = backed_up(settled)
    with context.inside(settled.place, actor=BY):
        update_record(record=Deal.objects.get(), values={"name": "Spoilt"}, by=BY)
        Deal.objects.update(contact=None)
        Contact.objects.filter(pk=settled.contact_id).delete()
    restore = restored(settled, backup)
    wanted = [("contacts", settled.contact_id), ("deals", settled.deal_id), ("accounts", settled.account_id)]

    done = pick_records(company=settled.company, restore=restore, wanted=wanted, by=BY)

    assert [one.outcome for one in done] == ["created", "updated", "same"]
    with context.inside(settled.place):
        deal = Deal.objects.get(pk=settled.deal_id)
        assert (deal.name, deal.contact_id) == (f"{settled.sentinel} rooftop", settled.contact_id)
        history = Change.objects.filter(record_id=settled.contact_id).order_by("-id").first()
        assert (history.action, history.actor_name) == ("restored", "Tester")


def test_a_record_whose_account_is_gone_says_so(settled: Twin) -> None:
    backup = backed_up(settled)
    with context.inside(settled.place, actor=BY):
        Deal.objects.all().delete()
        Contact.objects.all().delete()
        type(make("accounts", name="X")).objects.all().delete()
    restore = restored(settled, backup)

    done = pick_records(company=settled.company, restore=restore, wanted=[("contacts", settled.contact_id)], by=BY)

    assert ("account" in done[0].outcome, names(settled)) == (True, set())


def test_what_is_thrown_away_is_gone(settled: Twin) -> None:
    write_file(settled.company.schema_name, "files/ab/one", [b"1"])
    restore = restored(settled, backed_up(settled))

    run(begin_discard(company=settled.company, restore=restore, by=BY))

    assert gone(restore.schema_name)
    assert restore_beside(settled.company.pk) is None
    assert names(settled) == {settled.sentinel}
    with pytest.raises(Conflict):
        begin_swap(company=settled.company, restore=restore, by=BY)


def gone(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NULL AND to_regrole(%s) IS NULL", [name, name])
        is_gone = cursor.fetchone()[0]
    return is_gone and not Schema.objects.filter(name=name).exists() and not files_of(name)


def test_what_nobody_asks_for_goes_by_itself(settled: Twin) -> None:
    restore = restored(settled, backed_up(settled))
    assert discard_expired(by=BY) == 0
    Restore.objects.update(expires_at=timezone.now())

    assert discard_expired(by=BY) == 1
    run(Operation.objects.get(kind="discard"))
    assert gone(restore.schema_name)


def test_a_spoilt_backup_leaves_nothing_beside(settled: Twin, settings: Any) -> None:
    backup = backed_up(settled)
    path = object_of(backup, settings)
    path.write_bytes(path.read_bytes()[:-100])

    failed = run(begin_restore(company=settled.company, backup=backup, by=BY))

    restore = Restore.objects.get()
    assert (failed.state, restore.state, gone(restore.schema_name)) == ("failed", "gone", True)
    assert "too early" in failed.error


def test_the_nightly_test_leaves_nothing_and_tells(settled: Twin) -> None:
    backup = backed_up(settled)

    done = run(begin_test(by=BY, backup=backup))

    assert (done.state, done.result) == ("done", {"company": "Settled Works", "rows": backup.rows, "exact": True})
    assert gone(done.arguments["schema"])


def test_the_nightly_test_raises_the_alarm(settled: Twin, settings: Any, caplog: Any) -> None:
    backup = backed_up(settled)
    object_of(backup, settings).unlink()

    failed = run(begin_test(by=BY, backup=backup))

    assert (failed.state, gone(failed.arguments["schema"])) == ("failed", True)
    assert "tested restore failed" in caplog.text
    assert AuditEntry.objects.filter(action="backup.restore_test_failed", details__backup=str(backup.pk)).count() == 1


def test_by_chance_the_newest_backup_of_some_company(settled: Twin) -> None:
    backed_up(settled)
    newest = backed_up(settled)
    assert begin_test(by=BY).arguments["backup"] == str(newest.pk)


def test_the_command_restores_previews_swaps_and_goes_back(settled: Twin, capsys: Any) -> None:
    name = "settled/works"
    call_command("company", "backup", name)
    with context.inside(settled.place, actor=BY):
        make("contacts", first_name="Later", last_name="One")
    call_command("company", "restore", name, "--backup", "latest", "--preview")
    assert "crm_contact: 0 come back, 0 change, 1 go" in capsys.readouterr().out

    call_command("company", "restore", name, "--swap")
    assert names(settled) == {settled.sentinel}
    with pytest.raises(CommandError, match="already"):
        call_command("company", "restore", name, "--swap")
    call_command("company", "restore", name, "--back")
    assert names(settled) == {settled.sentinel, "Later"}
    call_command("company", "restore", name, "--discard")
    with pytest.raises(CommandError, match="Nothing is beside"):
        call_command("company", "restore", name)


def test_the_command_takes_a_file_of_an_older_store(settled: Twin, tmp_path: Any, settings: Any) -> None:
    call_command("company", "backup", "settled/works", "--to", str(tmp_path / "a.backup"))
    Backup.objects.all().delete()
    settings.BACKUP_URL = f"file://{tmp_path}/another"

    call_command("company", "restore", "settled/works", "--backup", str(tmp_path / "a.backup"))

    assert restore_beside(settled.company.pk).is_exact
    assert Backup.objects.get().state == "kept"
    assert differences(settled.company.schema_name, restore_beside(settled.company.pk).schema_name) == []


def test_the_command_restores_as_of_a_moment(settled: Twin) -> None:
    first = backed_up(settled)
    backed_up(settled)
    call_command("company", "restore", "settled/works", "--at", first.made_at.isoformat())

    assert restore_beside(settled.company.pk).backup_id == first.pk
    for text in ("yesterday", "2026-13-01T00:00", "2001-01-01T00:00"):
        with pytest.raises(CommandError):
            call_command("company", "restore", "settled/works", "--at", text)
