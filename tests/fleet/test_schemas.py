"""The template, the ready pool, and the walls around a company's schema."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tenants.fleet import pool
from tenants.fleet.migrating import bring_to_head
from tenants.fleet.models import Schema, SchemaState
from tenants.fleet.pool import claim_schema, fill_pool, make_schema, prune, ready_count
from tenants.fleet.template import current_template
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.kernel.ids import schema_name
from tests.factories import Twin

CATALOGUE = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, udt_name, character_maximum_length,
               numeric_precision, numeric_scale, is_nullable, column_default, collation_name, is_generated,
               generation_expression, is_identity
        FROM information_schema.columns WHERE table_schema = %s ORDER BY 1, 3""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable, condeferred, convalidated
        FROM pg_constraint WHERE connamespace = %s::regnamespace ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s ORDER BY 1, 2",
    "other": """
        SELECT relkind, relname FROM pg_class
        WHERE relnamespace = %s::regnamespace AND relkind NOT IN ('r', 'i', 't') ORDER BY 1, 2""",
    "triggers": """
        SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal ORDER BY 1, 2""",
}


def catalogue(name: str) -> dict[str, list[Any]]:
    """All that the server knows of a schema's shape, its own name taken out."""
    found = {}
    with context.inside(Place(schema=name)), connection.cursor() as cursor:
        for key, query in CATALOGUE.items():
            cursor.execute(query, [name])
            found[key] = [[plain(str(value).replace(f"{name}.", "")) for value in row] for row in cursor.fetchall()]
    return found


def plain(text: str) -> str:
    """Without casts of texts to text: the server writes them in another place when it reads its own words back."""
    return re.sub(r"::(text|character varying)(\[\])?|[()]", "", text)


def test_replayed_schema_equals_a_migrated_one(public: None) -> None:
    migrated = Schema.objects.create(name=schema_name())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {migrated.name}")
    bring_to_head(migrated)
    replayed = make_schema(current_template())

    assert catalogue(replayed.name) == catalogue(migrated.name)
    assert replayed.fingerprint == migrated.fingerprint == current_template().fingerprint
    assert replayed.applied == migrated.applied
    assert len(catalogue(replayed.name)["columns"]) > 50


def test_claim_takes_a_ready_schema_and_nobody_gets_it_again(public: None, settings: Any) -> None:
    settings.READY_POOL_SIZE = 2
    fill_pool()
    ready = ready_count(current_template())

    first, second = claim_schema(), claim_schema()

    assert first.name != second.name
    assert ready_count(current_template()) == ready - 2
    assert {first.state, second.state} == {SchemaState.CLAIMED}


def test_claim_makes_a_schema_when_the_pool_is_empty(public: None) -> None:
    Schema.objects.filter(state=SchemaState.READY).delete()

    claimed = claim_schema()

    assert claimed.state == SchemaState.CLAIMED
    assert catalogue(claimed.name)["columns"]


def test_ready_schema_of_older_code_is_never_claimed_and_goes(public: None) -> None:
    stale = make_schema(current_template())
    Schema.objects.filter(pk=stale.pk).update(
        state=SchemaState.READY, fingerprint="older", created_at=timezone.now() - timedelta(days=9)
    )

    assert claim_schema().pk != stale.pk
    assert prune() >= 1
    assert not Schema.objects.filter(pk=stale.pk).exists()
    assert not _exists("pg_namespace", "nspname", stale.name)
    assert not _exists("pg_roles", "rolname", stale.name)


def _exists(catalogue_table: str, column: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {catalogue_table} WHERE {column} = %s", [name])
        return bool(cursor.fetchone()[0])


def test_interrupted_making_is_swept_and_a_running_one_is_not(public: None) -> None:
    old, young = make_schema(current_template()), make_schema(current_template())
    Schema.objects.filter(pk=old.pk).update(updated_at=timezone.now() - pool.BUILDING_TAKES * 2)

    prune()

    assert list(Schema.objects.filter(pk__in=[old.pk, young.pk]).values_list("pk", flat=True)) == [young.pk]
    assert not _exists("pg_namespace", "nspname", old.name)


def test_pool_is_filled_once(public: None, settings: Any) -> None:
    settings.READY_POOL_SIZE = ready_count(current_template()) + 1

    assert (fill_pool(), fill_pool()) == (1, 0)


FORBIDDEN = [
    "SELECT * FROM public.directory_company",
    "SELECT * FROM public.identity_user",
    "SELECT * FROM public.fleet_schema",
    "SELECT * FROM {twin}.crm_contact",
    "UPDATE {twin}.crm_contact SET first_name = 'x'",
    "SELECT count(*) FROM {twin}.identity_apikey",
    "CREATE TABLE public.trojan (id int)",
    "CREATE TABLE trojan (id int)",
    "CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "ALTER TABLE crm_contact DISABLE TRIGGER ALL",
    "DROP TABLE crm_contact",
    "TRUNCATE crm_contact",
    "CREATE SCHEMA other",
    "DROP SCHEMA {twin} CASCADE",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_company_role_touches_its_own_rows_only(company: Twin, twins: tuple[Twin, Twin], statement: str) -> None:
    written = statement.format(twin=twins[1].company.schema_name)

    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(written)
