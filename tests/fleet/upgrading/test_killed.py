"""SIGKILL at ten points of a migration; gone on with, every company is at head and nothing was done twice."""

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tenants.directory.models import Company
from tenants.fleet.migrating import head
from tenants.fleet.models import Operation, Schema
from tenants.fleet.upgrading.actions import begin_migration
from tenants.fleet.upgrading.drift import verify
from tenants.kernel.actors import robot
from tests.fleet.killing import killed_at, statements_of
from tests.fleet.upgrading.conftest import Release, Yard, ledger, rows_of, schemas
from tests.thorough import POINTS

UNDO = (
    "ALTER TABLE {schema}.crm_contact DROP COLUMN IF EXISTS nickname",
    "UPDATE {schema}.crm_pipeline SET name = rtrim(name, '+')",
    "UPDATE {schema}.crm_stage SET name = rtrim(name, '+')",
)


@pytest.mark.parametrize("name", ["counted"])
def test_killed_anywhere_and_gone_on_with(yard: Yard, release: Release, name: str) -> None:
    companies = yard(4)
    before = {one.name: (one.fingerprint, one.applied) for one in Schema.objects.filter(name__in=schemas(companies))}
    release(name)
    command = ["fleet", "migrate", "--resume", "--workers", "2", "--canary", "1"]
    command += [word for schema in schemas(companies) for word in ("--only", schema)]
    call_command(*command)  # the template of the release is there from now on, as for a fleet of many
    _take_back(companies, before)
    total = statements_of(*command)
    assert _state(companies) == [("+", head())] * 4

    killed = 0
    for point in range(1, POINTS + 1):
        _take_back(companies, before)
        number = point * total // (POINTS + 2)
        killed += killed_at(number, *command)
        call_command(*command)
        assert _state(companies) == [("+", head())] * 4, f"killed at {number} of {total}"
        assert [error for _print, error in ledger(companies)] == [""] * 4

    assert killed == POINTS
    assert verify(schemas(companies)) == {}


def _state(companies: list[Company]) -> list[tuple[str, str]]:
    """How often the data was moved, as marks behind a name; and the fingerprint."""
    marks = []
    for one, (fingerprint, _error) in zip(companies, ledger(companies), strict=True):
        (found,) = {
            row[0].removeprefix(row[0].rstrip("+"))
            for table in ("crm_pipeline", "crm_stage")
            for row in rows_of(one, f"SELECT name FROM {table}")
        }
        marks.append((found, fingerprint))
    return marks


def _take_back(companies: list[Company], before: dict[str, Any]) -> None:
    Operation.objects.all().delete()
    with connection.cursor() as cursor:
        for one in companies:
            for statement in UNDO:
                cursor.execute(statement.format(schema=one.schema_name))
            fingerprint, applied = before[one.schema_name]
            cursor.execute(
                "UPDATE fleet_schema SET fingerprint = %s, applied = %s WHERE name = %s",
                [fingerprint, json.dumps(applied), one.schema_name],
            )


def test_a_release_does_not_stumble_over_what_an_older_one_left(yard: Yard, release: Release) -> None:
    """The older code's migration was cut off for good; the newer ends it and begins its own."""
    companies = yard(1)
    release("column")
    begin_migration(by=robot(), only=schemas(companies), is_queued=False)
    release("picky")

    call_command("fleet", "migrate", "--only", schemas(companies)[0])

    assert ledger(companies) == [(head(), "")]
    assert [one.state for one in Operation.objects.filter(kind="migrate").order_by("id")] == ["failed", "done"]
