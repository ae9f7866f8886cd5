"""T50: one company is spoilt and restored while its neighbour is written to; killed anywhere, it ends ready or gone."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tenants.crm.models import Contact
from tenants.fleet.models import Operation, Restore, Schema, SchemaState
from tenants.fleet.operations.reconciling import left_behind
from tenants.fleet.operations.running import run
from tenants.fleet.restoring.queries import restore_beside
from tenants.fleet.streams.digests import Digest, digest_of
from tenants.fleet.streams.files import files_of, write_file
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.storage import drop_folder, folder_of
from tests.factories import Twin, make
from tests.fleet.killing import killed_at, statements_of
from tests.thorough import POINTS

NAME = "settled/works"
# Who was signed in is signed out, and what happened since is in the audit.
NOT_TURNED_BACK = {"identity_auditentry", "identity_session"}


def spoil(twin: Twin) -> None:
    """What a bad script, a bad migration and a bad disk would leave."""
    with context.inside(twin.place), connection.cursor() as cursor:
        cursor.execute("UPDATE crm_account SET name = 'oops', custom = '{}'")
        cursor.execute("UPDATE crm_deal SET amount = 0, name = ''")
        cursor.execute("DELETE FROM records_change")
        cursor.execute("UPDATE crm_contact SET first_name = last_name, email = ''")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {twin.company.schema_name}.records_note CASCADE")
    drop_folder(twin.company.schema_name)


@contextmanager
def written_to(twin: Twin) -> Iterator[list[str]]:
    """Somebody works in a company all the while; what they were told is kept."""
    over, told = threading.Event(), []

    def work() -> None:
        try:
            with context.inside(twin.place, actor=robot("Neighbour")):
                while not over.is_set():
                    told.append(str(make("contacts", first_name="Busy", last_name=str(len(told))).pk))
                    time.sleep(0.01)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        thread.join()


def differing(before: Digest, twin: Twin) -> set[str]:
    return {line.partition(":")[0] for line in before.differences(digest_of(twin.company.schema_name))}


def test_t50_one_company_is_restored_exactly_while_its_neighbour_is_written_to(settled: Twin, neighbour: Twin) -> None:
    write_file(settled.company.schema_name, "files/ab/one", [b"contract"])
    before, next_door = digest_of(settled.company.schema_name), digest_of(neighbour.company.schema_name)
    call_command("company", "backup", NAME)
    spoil(settled)

    with written_to(neighbour) as told:
        call_command("company", "restore", NAME, "--backup", "latest", "--swap")

    assert differing(before, settled) <= NOT_TURNED_BACK
    assert [one.path for one in files_of(settled.company.schema_name)] == ["files/ab/one"]
    assert Restore.objects.get(company_id=settled.company.pk).is_exact
    with context.inside(neighbour.place):
        busy = Contact.objects.filter(first_name="Busy")
        assert {str(key) for key in busy.values_list("pk", flat=True)} == set(told)
    assert len(told) > 3
    untouched = {"crm_account", "crm_deal", "identity_user", "identity_role", "identity_apikey", "records_file"}
    assert not differing(next_door, neighbour) & untouched
    assert settled.signed_in().get("/contacts/").status_code == 200


@pytest.fixture
def elsewhere(settled: Twin, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Twin:
    """Commands in processes of their own find the same backups."""
    monkeypatch.setenv("OMNIFLOW_BACKUP_URL", settings.BACKUP_URL)
    write_file(settled.company.schema_name, "files/ab/one", [b"contract"])
    call_command("company", "backup", NAME)
    return settled


def reconciled() -> None:
    """What the beat does, without its patience."""
    for operation in left_behind(patience=timedelta(0)):
        run(operation)
    assert Operation.objects.filter(ended_at=None).count() == 0


def points(*command: str) -> list[int]:
    count = statements_of(*command)
    return [1 + count * number // POINTS for number in range(POINTS)]


def is_tidy() -> bool:
    """Nothing beside but what a row knows of, in the catalogue, in the ledger and on the disk."""
    known = set(Restore.objects.exclude(state="gone").values_list("schema_name", flat=True))
    ledger = set(Schema.objects.filter(state=SchemaState.BESIDE).values_list("name", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_'")
        every = {row[0] for row in cursor.fetchall()}
    files = {entry.name for entry in os.scandir(folder_of("t_aaaaaaaaaaaaaaaaaaaa").parent) if entry.name in ledger}
    return ledger <= known and every <= set(Schema.objects.values_list("name", flat=True)) and files <= known


def test_t50_killed_at_many_points_of_restoring_it_ends_ready_or_gone(elsewhere: Twin) -> None:
    command = ("company", "restore", NAME, "--backup", "latest")
    before = digest_of(elsewhere.company.schema_name)
    for point in points(*command):
        call_command_quietly("company", "restore", NAME, "--discard")
        assert killed_at(point, *command)
        reconciled()
        beside = restore_beside(elsewhere.company.pk)
        assert beside is None or (beside.state, beside.is_exact) == ("beside", True)
        assert is_tidy()
        assert differing(before, elsewhere) <= NOT_TURNED_BACK


def call_command_quietly(*command: str) -> None:
    """Where there is something to do."""
    if Restore.objects.exclude(state="gone").exists():
        call_command(*command)


def test_t50_killed_at_many_points_of_swapping_it_is_swapped_or_was_not_begun(elsewhere: Twin) -> None:
    call_command("company", "restore", NAME, "--backup", "latest")
    schema = elsewhere.company.schema_name
    with context.inside(elsewhere.place):
        Contact.objects.update(first_name="Live")
    write_file(schema, "files/live", [b"live"])
    for point in points("company", "restore", NAME, "--swap"):
        if Restore.objects.get().state == "swapped":
            call_command("company", "restore", NAME, "--back")
        assert state_of(elsewhere) == ("beside", "Live", {"files/ab/one", "files/live"})
        assert killed_at(point, "company", "restore", NAME, "--swap")
        reconciled()
        assert state_of(elsewhere) in (
            ("swapped", elsewhere.sentinel, {"files/ab/one"}),
            ("beside", "Live", {"files/ab/one", "files/live"}),
        )
        assert is_tidy()


def state_of(twin: Twin) -> tuple[str, str, set[str]]:
    """All three together, whatever happened."""
    with context.inside(twin.place):
        name = Contact.objects.get().first_name
    return Restore.objects.get().state, name, {one.path for one in files_of(twin.company.schema_name)}
