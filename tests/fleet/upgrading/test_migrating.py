"""The fleet to head: planned once, exactly as Django would, each company done once."""

import re
import threading
import time
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from tenants.fleet.migrating import head
from tenants.fleet.models import Operation, Schema
from tenants.fleet.operations.running import run
from tenants.fleet.upgrading import driving
from tenants.fleet.upgrading.actions import begin_migration
from tenants.fleet.upgrading.drift import verify
from tenants.fleet.upgrading.groups import Standing, groups
from tenants.fleet.upgrading.limits import Limits
from tenants.fleet.upgrading.stretches import stretches_for
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, Invalid
from tests.factories import make
from tests.fleet.upgrading.conftest import Release, Yard, ledger, rows_of, schemas


def migrated(names: list[str], **options: Any) -> Operation:
    values: dict[str, Any] = {"canary": "0", "workers": 2}
    return run(begin_migration(by=robot(), only=names, is_queued=False, **values | options))


def test_everything_a_release_brings_is_as_in_a_fresh_schema(yard: Yard, release: Release) -> None:
    companies = yard(3)
    with context.inside(companies[0].place, actor=robot()):
        make("contacts", first_name="Priya")
    release("mixed")
    own = groups(schemas(companies))

    done = migrated(schemas(companies), canary="1")

    assert [(group.standing, len(group.names)) for group in own] == [(Standing.BEHIND, 3)]
    assert (done.state, done.error) == ("done", "")
    assert ledger(companies) == [(head(), "")] * 3
    assert verify(schemas(companies)) == {}
    assert rows_of(companies[0], "SELECT nickname FROM crm_contact") == [("pri",)]
    assert rows_of(companies[1], "SELECT count(*) FROM crm_badge") == [(0,)]
    assert (done.result["canary"]["migrated"], done.result["rest"]["migrated"]) == (1, 2)


def test_the_plan_is_made_once_and_locks_no_company(yard: Yard, release: Release) -> None:
    companies = yard(1)
    release("mixed")
    before = _namespaces()
    group = groups(schemas(companies))[0]

    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(f"LOCK TABLE {companies[0].schema_name}.crm_contact".encode())
        found = stretches_for(group.applied)

    assert [(one.name, one.statements is None) for one in found] == [
        ("crm.9001_nickname, crm.9002_badge", False),
        ("crm.9003_fill", True),
        ("crm.9004_checked", False),
    ]
    told = [text.split("(")[0].strip() for text in found[0].statements or ()]
    assert 'GRANT SELECT, INSERT, UPDATE, DELETE ON "{schema}"."crm_badge" TO "{schema}"' in told
    assert not any(re.search(r"\bt_[a-z2-7]{20}", text) for text in found[0].statements or ())
    assert _namespaces() == before


def _namespaces() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace")
        return int(cursor.fetchone()[0])


def test_nothing_to_do_sends_nothing_to_companies(yard: Yard) -> None:
    companies = yard(1)

    done = migrated(schemas(companies))

    assert (done.state, done.result["rest"]["migrated"]) == ("done", 0)


def test_the_command_begins_no_operation_for_nothing(yard: Yard, capsys: pytest.CaptureFixture[str]) -> None:
    name = schemas(yard(1))[0]

    call_command("fleet", "migrate", "--only", name)

    assert capsys.readouterr().out == "Every company is at head.\n"
    assert not Operation.objects.filter(kind="migrate").exists()


def test_t44_a_failure_in_some_leaves_the_rest_done_and_is_told(yard: Yard, release: Release) -> None:
    companies = yard(5)
    for one in companies[:2]:
        with context.inside(one.place, actor=robot()):
            make("contacts", first_name="poison")
    old = ledger(companies)[0]
    release("picky")

    done = migrated(schemas(companies))

    assert (done.state, done.error) == ("failed", "2 failed and are as they were.")
    assert ledger(companies)[2:] == [(head(), "")] * 3
    for fingerprint, error in ledger(companies)[:2]:
        assert fingerprint == old[0]
        assert "contact_is_no_poison" in error
    assert rows_of(companies[0], "SELECT first_name FROM crm_contact") == [("poison",)]


def test_t44_what_failed_is_done_once_its_cause_is_gone(yard: Yard, release: Release) -> None:
    companies = yard(3)
    with context.inside(companies[0].place, actor=robot()):
        contact = make("contacts", first_name="poison")
    release("picky")
    migrated(schemas(companies))
    with context.inside(companies[0].place):
        type(contact).objects.update(first_name="honey")

    again = migrated(schemas(companies))

    assert (again.state, again.result["rest"]["migrated"]) == ("done", 1)
    assert ledger(companies) == [(head(), "")] * 3


def test_a_sick_canary_stops_the_rest(yard: Yard, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    companies = yard(4)
    for one in companies:
        with context.inside(one.place, actor=robot()):
            make("contacts", first_name="poison")
    release("picky")

    done = migrated(schemas(companies), canary="25%")

    assert (done.state, [bool(error) for _print, error in ledger(companies)].count(True)) == ("failed", 1)
    assert "not well" in done.error


def test_a_drifted_canary_stops_the_rest(yard: Yard, release: Release) -> None:
    companies = yard(2)
    for one in companies:
        _by_hand(one.schema_name, "ALTER TABLE crm_contact ALTER COLUMN phone DROP NOT NULL")
    release("column")

    done = migrated(schemas(companies), canary="1")

    assert done.state == "failed"
    assert "column crm_contact.phone changed" in done.error
    assert [fingerprint == head() for fingerprint, _error in ledger(companies)].count(True) == 1


def _by_hand(schema: str, statement: str) -> None:
    with context.inside(context.Place(schema=schema)), connection.cursor() as cursor:
        cursor.execute(statement)


def test_stops_after_so_many_failures(yard: Yard, release: Release) -> None:
    companies = yard(4)
    for one in companies:
        with context.inside(one.place, actor=robot()):
            make("contacts", first_name="poison")
    release("picky")

    done = migrated(schemas(companies), workers=1, stop_after=2)

    assert done.state == "failed"
    assert "Stopped after 2 failures" in done.error
    assert [bool(error) for _print, error in ledger(companies)].count(True) == 2


def test_t45_who_is_reading_is_waited_for_and_nobody_else(
    yard: Yard, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    companies = yard(3)
    release("column")
    monkeypatch.setattr(driving, "Limits", lambda **given: Limits(lock_ms=100, **given))
    reading, over = threading.Event(), threading.Event()
    reader = threading.Thread(target=_read_long, args=[companies[0].schema_name, reading, over])
    reader.start()
    reading.wait(5)
    operation = begin_migration(by=robot(), only=schemas(companies), canary="0", workers=1, is_queued=False)
    beside: list[list[bool]] = []

    def let_go_once_the_others_are_done(row: Operation) -> None:
        if row.done == 2 and not over.is_set():
            beside.append([fingerprint == head() for fingerprint, _error in ledger(companies)])
            over.set()

    done = run(operation, let_go_once_the_others_are_done)
    reader.join()

    assert (done.state, beside) == ("done", [[False, True, True]])
    assert ledger(companies) == [(head(), "")] * 3


def _read_long(schema: str, reading: threading.Event, over: threading.Event) -> None:
    with psycopg.connect(**connection.get_connection_params()) as own:
        own.execute(f"SELECT count(*) FROM {schema}.crm_contact".encode())
        reading.set()
        over.wait(20)


def test_t45_requests_wait_no_longer_than_the_lock_limit(yard: Yard, release: Release) -> None:
    companies = yard(1)
    release("column")
    reading, over = threading.Event(), threading.Event()
    reader = threading.Thread(target=_read_long, args=[companies[0].schema_name, reading, over])
    reader.start()
    reading.wait(5)
    operation = begin_migration(by=robot(), only=schemas(companies), canary="0", workers=1, is_queued=False)
    waits: list[float] = []
    threads = [threading.Thread(target=_ask_often, args=[companies[0].schema_name, over, waits])]
    threads.append(threading.Thread(target=_let_go_once_somebody_has_waited, args=[over]))
    for thread in threads:
        thread.start()

    done = run(operation)
    for thread in (reader, *threads):
        thread.join()

    assert done.state == "done"
    assert max(waits) < Limits.lock_ms / 1000 + 2, "a busy machine is late, but not by as much as the reader reads"


def _let_go_once_somebody_has_waited(over: threading.Event) -> None:
    """For much longer than the limit. Before the migration wants its lock, there is nothing to see."""
    wanted = (
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_class c ON c.oid = relation"
        " WHERE NOT granted AND relname = 'crm_contact' AND mode = 'AccessExclusiveLock')"
    )
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
        while not over.is_set() and not own.execute(wanted.encode()).fetchone()[0]:  # type: ignore[index]
            time.sleep(0.02)
    time.sleep(4)
    over.set()


def _ask_often(schema: str, over: threading.Event, waits: list[float]) -> None:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as own:
        while not over.is_set():
            started = time.perf_counter()
            own.execute(f"SELECT count(*) FROM {schema}.crm_contact".encode())
            waits.append(time.perf_counter() - started)
            time.sleep(0.01)


def test_t44_the_app_serves_companies_of_both_versions(yard: Yard, release: Release) -> None:
    """Old code writes into the new shape: the new column fills itself."""
    companies = yard(2)
    release("column")
    migrated([companies[0].schema_name])

    for one in companies:
        with context.inside(one.place, actor=robot()):
            make("contacts", first_name="Asha")

    assert rows_of(companies[0], "SELECT first_name, nickname FROM crm_contact") == [("Asha", "")]
    assert rows_of(companies[1], "SELECT first_name FROM crm_contact") == [("Asha",)]


def test_companies_that_sign_up_meanwhile_are_brought_along(
    yard: Yard, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older code makes one behind everybody's back, while the rest is at work."""
    companies = yard(2)
    release("column")
    late = companies[1].schema_name
    Schema.objects.filter(name=late).update(state="ready")

    def sign_up(operation: Operation) -> None:
        if operation.step == 4 and operation.done == 1:
            Schema.objects.filter(name=late).update(state="claimed")

    run(begin_migration(by=robot(), only=schemas(companies), canary="0", is_queued=False), sign_up)

    assert ledger(companies) == [(head(), "")] * 2


def test_a_company_made_by_new_code_is_at_head_before_the_fleet_is(yard: Yard, release: Release) -> None:
    release("column")
    companies = yard(1)

    assert ledger(companies) == [(head(), "")]
    assert verify(schemas(companies)) == {}
    assert rows_of(companies[0], "SELECT count(nickname) FROM crm_contact") == [(0,)]


def test_schemas_of_newer_code_are_left_alone(yard: Yard, release: Release) -> None:
    companies = yard(1)
    release("column")
    migrated(schemas(companies))
    newer = ledger(companies)
    release("picky")
    Schema.objects.filter(name__in=schemas(companies)).update(
        applied=[*Schema.objects.get(name=companies[0].schema_name).applied, ["crm", "9999_unknown"]]
    )

    assert [group.standing for group in groups(schemas(companies))] == [Standing.AHEAD]
    assert migrated(schemas(companies)).state == "done"
    assert ledger(companies) == newer


def test_rewritten_migrations_are_taken_over_only_where_the_tables_agree(yard: Yard) -> None:
    companies = yard(2)
    Schema.objects.filter(name__in=schemas(companies)).update(fingerprint="of an older text")
    _by_hand(companies[0].schema_name, "ALTER TABLE crm_contact ADD COLUMN by_hand int")

    migrated(schemas(companies))

    assert [fingerprint == head() for fingerprint, _error in ledger(companies)] == [False, True]
    assert "rewritten" in ledger(companies)[0][1]


def test_one_migration_of_the_fleet_at_a_time(yard: Yard) -> None:
    begin_migration(by=robot(), is_queued=False)

    with pytest.raises(Conflict):
        begin_migration(by=robot(), is_queued=False)


@pytest.mark.parametrize(
    ("options", "field"),
    [({"canary": "many"}, "canary"), ({"canary": "120%"}, "canary"), ({"workers": 99}, "workers"),
     ({"stop_after": 0}, "stop_after"), ({"statement_seconds": 0}, "statement_seconds")],
)  # fmt: skip
def test_what_makes_no_sense_is_named(yard: Yard, options: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused, transaction.atomic():
        begin_migration(by=robot(), is_queued=False, **options)

    assert list(refused.value.errors) == [field]
    assert Operation.objects.count() == 0


def test_other_code_does_not_go_on_with_it(yard: Yard, release: Release) -> None:
    companies = yard(1)
    release("column")
    operation = begin_migration(by=robot(), only=schemas(companies), is_queued=False)
    release("picky")

    done = run(operation)

    assert (done.state, "another version" in done.error) == ("failed", True)


def test_a_column_goes_in_two_releases(yard: Yard, release: Release) -> None:
    companies = yard(1)
    release("contract")

    refused = migrated(schemas(companies))

    assert refused.state == "failed"
    assert "drops job_title in the release that forgets it" in refused.error
