"""Drift: what somebody changed in one schema by hand is found, and named exactly."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from tenants.fleet.models import Schema
from tenants.fleet.upgrading.drift import compared, orphans, verify
from tenants.kernel import context
from tests.fleet.upgrading.conftest import Yard, schemas

BY_HAND = [
    ("ALTER TABLE crm_contact ADD COLUMN by_hand int", ("column", "crm_contact.by_hand", "extra", "", "integer")),
    ("DROP INDEX account_by_age", None),
    ("ALTER TABLE crm_account DROP CONSTRAINT account_not_own_parent", None),
    ("CREATE INDEX by_hand ON crm_account (city)", None),
    ("CREATE TABLE by_hand (id int)", None),
    ("CREATE VIEW by_hand AS SELECT 1", ("other", "by_hand", "extra", "", "v")),
    ("CREATE SEQUENCE by_hand", ("other", "by_hand", "extra", "", "S")),
    ("ALTER TABLE crm_account ENABLE ROW LEVEL SECURITY", ("table", "crm_account", "changed", "p", "p row security")),
]


def _by_hand(schema: str, statement: str) -> None:
    with context.inside(context.Place(schema=schema)), connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_change_by_hand_is_found_and_nothing_else(yard: Yard) -> None:
    companies = yard(2)
    ours, neighbour = schemas(companies)
    assert verify([ours, neighbour]) == {}

    for statement, expected in BY_HAND:
        found = _after(ours, statement)
        assert list(found) == [ours], statement
        if expected:
            assert found[ours] == [expected]


def _after(schema: str, statement: str) -> dict[str, list[tuple[str, str, str, str, str]]]:
    """What is found after the statement; it is taken back."""
    with transaction.atomic():
        _by_hand(schema, statement)
        found = verify([schema])
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('GRANT TRUNCATE ON crm_contact TO "{schema}"', "company DELETE,INSERT,SELECT,TRUNCATE,UPDATE"),
        ('REVOKE DELETE ON crm_contact FROM "{schema}"', "company INSERT,SELECT,UPDATE"),
        ("GRANT SELECT ON crm_contact TO public", "everybody SELECT"),
    ],
)
def test_rights_given_or_taken_are_found(yard: Yard, statement: str, expected: str) -> None:
    (schema,) = schemas(yard(1))

    found = _after(schema, statement.format(schema=schema))

    ((kind, name, what, _wanted, actual),) = found[schema]
    assert (kind, name, what) == ("rights", "crm_contact", "changed")
    assert expected in actual.split("; ")


def test_a_company_may_have_indexes_of_its_own_fields(yard: Yard) -> None:
    (schema,) = schemas(yard(1))

    assert _after(schema, "CREATE INDEX own_0123456789abcdef01234567 ON crm_contact (city)") == {}


def test_drift_is_noted_and_forgotten_once_mended(yard: Yard) -> None:
    (schema,) = schemas(yard(1))
    _by_hand(schema, "CREATE TABLE by_hand (id int)")
    with pytest.raises(CommandError, match="1 schemas are not"):
        call_command("fleet", "verify")
    noted = Schema.objects.get(name=schema).drift
    _by_hand(schema, "DROP TABLE by_hand")

    verify([schema])

    assert ["column", "by_hand.id", "extra", "", "integer"] in noted
    assert Schema.objects.get(name=schema).drift == []


def test_a_schema_that_is_gone_is_told(yard: Yard) -> None:
    (schema,) = schemas(yard(1))
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SCHEMA {schema} RENAME TO t_gonegonegonegonegone")
    try:
        assert verify([schema]) == {schema: [("schema", "", "missing", "", "")]}
        assert "t_gonegonegonegonegone" in orphans()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER SCHEMA t_gonegonegonegonegone RENAME TO {schema}")


def test_the_fleet_is_compared_in_few_queries(yard: Yard, django_assert_num_queries: Any) -> None:
    names = schemas(yard(3))
    verify(names)

    for some in (names[:1], names):
        with django_assert_num_queries(6):
            verify(some)


def test_compared_says_what_is_missing_extra_and_changed() -> None:
    wanted = [("column", "a.x", "int"), ("column", "a.y", "int"), ("index", "i", "on x")]
    found = [("column", "a.x", "text"), ("index", "i", "on x"), ("table", "b", "p")]

    assert compared(wanted, found) == [
        ("column", "a.x", "changed", "int", "text"),
        ("column", "a.y", "missing", "int", ""),
        ("table", "b", "extra", "", "p"),
    ]
