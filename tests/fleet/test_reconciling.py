"""What lies about on the server without belonging to anybody: found, given a while, taken away. Never a company's."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tenants.directory.models import Company, Domain
from tenants.fleet import pool
from tenants.fleet.actions import create_company
from tenants.fleet.models import Operation, OperationState, Schema, SchemaState
from tenants.fleet.reconciling import GRACE, reconcile
from tenants.fleet.template import current_template
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.context import Place
from tenants.kernel.ids import schema_name
from tests.factories import Twin

NONE = timedelta(0)
LONG_AGO = timedelta(days=2)


def exists(name: str) -> tuple[bool, bool, bool]:
    """As a schema, as a role, in the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s),
                      EXISTS (SELECT FROM pg_roles WHERE rolname = %s)""",
            [name, name],
        )
        schema, role = cursor.fetchone()
    return schema, role, Schema.objects.filter(name=name).exists()


def age(schema: Schema, state: SchemaState, by: timedelta = LONG_AGO) -> None:
    Schema.objects.filter(pk=schema.pk).update(state=state, updated_at=timezone.now() - by)


def later(by: timedelta = GRACE) -> None:
    """Time goes by for what waits to be dropped."""
    Schema.objects.filter(state=SchemaState.DROPPING).update(updated_at=timezone.now() - by)


@pytest.fixture
def made(public: None) -> Schema:
    return pool.make_schema(current_template())


def test_stray_schema_waits_for_its_grace_and_goes(made: Schema) -> None:
    Schema.objects.filter(pk=made.pk).delete()

    assert made.name in reconcile().adopted
    assert reconcile().dropped == []
    assert exists(made.name) == (True, True, True)
    later()
    assert made.name in reconcile().dropped
    assert exists(made.name) == (False, False, False)


def test_stray_role_waits_for_its_grace_and_goes(public: None) -> None:
    name = schema_name()
    pool.make_role(name)

    assert name in reconcile().adopted
    later()
    assert name in reconcile().dropped
    assert exists(name) == (False, False, False)


def test_role_that_something_is_granted_to_is_no_stray(public: None) -> None:
    """As a role of another database on the same server: its schema is not to be seen from here."""
    name = schema_name()
    pool.make_role(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO {name}")

    assert name not in reconcile().adopted


def test_role_that_turned_out_to_be_used_elsewhere_stays(public: None) -> None:
    name = schema_name()
    pool.make_role(name)
    reconcile()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO {name}")
    later()
    reconcile()

    assert exists(name) == (False, True, False)


def test_ready_only_in_the_ledger_is_taken_off_it(made: Schema) -> None:
    age(made, SchemaState.READY, by=NONE)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {made.name} CASCADE")

    assert made.name in reconcile().dropped
    assert exists(made.name) == (False, False, False)


@pytest.mark.parametrize("state", [SchemaState.BUILDING, SchemaState.CLAIMED])
def test_interrupted_and_abandoned_go_after_a_while(made: Schema, state: SchemaState) -> None:
    age(made, state, by=NONE)
    assert made.name not in reconcile().dropped
    assert exists(made.name) == (True, True, True)
    age(made, state)
    reconcile()

    assert exists(made.name) == (False, False, False)


@pytest.mark.parametrize(
    ("state", "ended", "is_kept"),
    [
        (OperationState.RUNNING, None, True),
        (OperationState.DONE, timedelta(days=1), True),
        (OperationState.DONE, timedelta(days=31), False),
    ],
)
def test_what_an_operation_speaks_of_is_not_abandoned(
    made: Schema, state: str, ended: timedelta | None, is_kept: bool
) -> None:
    age(made, SchemaState.CLAIMED)
    Operation.objects.create(
        kind="restore", state=state, kept={"beside": made.name}, actor_name="Tester",
        ended_at=timezone.now() - ended if ended else None,
    )  # fmt: skip
    reconcile()

    assert exists(made.name) == (is_kept, is_kept, is_kept)


def test_schema_being_made_by_an_operation_is_not_interrupted(made: Schema) -> None:
    age(made, SchemaState.BUILDING)
    Operation.objects.create(kind="restore", state="running", kept={"schema": made.name}, actor_name="Tester")

    assert (pool.prune(), reconcile().dropped) == (0, [])
    assert exists(made.name) == (True, True, True)


def test_nobodys_schema_with_people_in_it_is_left_to_a_person(made: Schema) -> None:
    with context.inside(Place(schema=made.name)):
        User.objects.create(email="somebody@lost.example", name="Somebody")
    Schema.objects.filter(pk=made.pk).delete()
    reconcile()
    later()
    found = reconcile()

    assert made.name not in found.dropped
    assert found.left == {made.name: "nobody's, but people have accounts in it"}
    assert exists(made.name) == (True, True, True)


@pytest.mark.parametrize("state", [*SchemaState.values, None])
def test_a_companys_schema_is_never_touched(twins: tuple[Twin, Twin], state: str | None) -> None:
    name = twins[0].company.schema_name
    with context.public(actor=robot()):
        rows = Schema.objects.filter(name=name)
        if state:
            rows.update(state=state, updated_at=timezone.now() - LONG_AGO, fingerprint="older")
        else:
            rows.delete()
        pool.prune()
        found = reconcile(grace=NONE)

        assert name not in [*found.dropped, *found.adopted]
        assert exists(name) == (True, True, state is not None)
        assert found.left == (
            {}
            if state == SchemaState.CLAIMED
            else {name: "marked for dropping, but a company has it"}
            if state == SchemaState.DROPPING
            else {name: "a company's schema has no row in the ledger"}
        )


def test_company_without_a_schema_is_told_of(twins: tuple[Twin, Twin]) -> None:
    with context.public(actor=robot()):
        gone = Company.objects.get(pk=twins[0].company.pk)
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER SCHEMA {gone.schema_name} RENAME TO aside")

        assert reconcile().left == {gone.schema_name: "a company's schema is gone"}
        assert Company.objects.filter(pk=gone.pk).exists()


def test_claim_and_prune_at_once_never_share_a_schema(made: Schema) -> None:
    """Whoever is first has it: what is claimed is no longer stale, what is retired cannot be claimed."""
    age(made, SchemaState.READY)
    Schema.objects.filter(state=SchemaState.READY).exclude(pk=made.pk).update(state=SchemaState.BUILDING)

    assert pool.retire(Schema.objects.filter(pk=made.pk)) == [made.name]
    assert pool.claim_schema().pk != made.pk


def test_slow_maker_learns_that_its_schema_was_given_up(made: Schema) -> None:
    age(made, SchemaState.BUILDING)
    pool.prune()

    with pytest.raises(pool.Lost):
        pool._become(made, SchemaState.READY)


def test_two_companies_share_nothing_that_identifies_or_opens(twins: tuple[Twin, Twin]) -> None:
    """One from the pool, one made on the spot: no id, key or digest of one is in the other; no sequences."""
    with context.public(actor=robot()):
        pool.fill_pool()
        first = _make(twins[0].agency, "first")
        Schema.objects.filter(state=SchemaState.READY).update(state=SchemaState.BUILDING)
        second = _make(twins[0].agency, "second")
        seen = [_opening_values(one.schema_name) for one in (first, second)]
        with connection.cursor() as cursor:
            names = [first.schema_name, second.schema_name]
            cursor.execute(
                "SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relnamespace::regnamespace::text = ANY(%s)",
                [names],
            )
            assert cursor.fetchone()[0] == 0

    assert all(len(values) > 30 for values in seen)
    assert seen[0] & seen[1] == set()


def _make(agency: Any, slug: str) -> Company:
    values: dict[str, Any] = {"country": "IN", "owner_email": f"o@{slug}.example", "by": robot()}
    made = create_company(agency=agency, name=slug, slug=slug, **values)
    assert Domain.objects.filter(company=made).exists()
    return made


def _opening_values(name: str) -> set[str]:
    """Every UUID, and every text in a column that sounds like a key."""
    with context.inside(Place(schema=name)), connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name FROM information_schema.columns
               WHERE table_schema = %s AND (udt_name = 'uuid'
               OR column_name ~ '(token|digest|secret|wrapped|password|credential|seal|key$)')""",
            [name],
        )
        found: set[str] = set()
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT DISTINCT "{column}"::text FROM "{name}"."{table}"')
            found |= {row[0] for row in cursor.fetchall() if row[0] and len(row[0]) > 8}
    return found
