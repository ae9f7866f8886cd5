"""The index of an own field: made, repaired and taken away while others work. Committed, in a company of its own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from tenants.directory import hosts
from tenants.directory.models import Company
from tenants.fleet.actions import create_company
from tenants.fleet.models import Schema
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.custom.actions import create_custom_field, retire_custom_field
from tenants.records.custom.tasks import fit, index_name
from tenants.records.models import CustomField
from tenants.records.paging import order_for, page_of
from tenants.records.queries import rows_matching, visible_to
from tenants.records.registry import type_named
from tests.factories import Twin, make


@pytest.fixture
def roomy(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[Company]:
    """A company whose rows are committed; it is taken away again."""
    with django_db_blocker.unblock(), context.public(actor=robot()):
        company = create_company(
            agency=_twins[0].agency, name="Roomy", slug="roomy", country="IN", owner_email="r@alpha.example", by=robot()
        )
        yield company
        name = company.schema_name
        company.domains.all().delete()
        company.delete()
        Schema.objects.filter(name=name).delete()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {name} CASCADE")
        hosts._forget()


def definition(field: CustomField) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [index_name(field)])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def plan(rows: Any) -> str:
    """How the server would walk the rows if reading all of the table were dear."""
    owner = replace(context.place(), role=None)  # a company changes no settings
    with context.inside(owner), connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        found = str(rows.explain())
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort")
    return found


def test_index_is_made_used_and_taken_away(roomy: Company) -> None:
    with context.inside(roomy.place, actor=robot()):
        contacts = type_named("contacts")
        score = create_custom_field(record_type=contacts, label="Score", kind="number", by=robot())
        for number in range(5):
            make("contacts", first_name=f"C{number}", **{"custom.score": number})

        fit(score)
        fit(score)

        assert "::numeric" in definition(score)
        order = order_for(contacts, "custom.score")
        page = page_of(visible_to(robot(), contacts), order, limit=2)
        assert [row.custom["score"] for row in page.items] == [0, 1]
        tree = {"field": "custom.score", "op": "gt", "value": 2}
        found = rows_matching(robot(), contacts, tree=tree).order_by(*order.keys_of_stretch(False))
        assert index_name(score) in plan(found.select_related(None))

        retire_custom_field(field=score, by=robot())
        fit(score)
        assert definition(score) == ""


def test_kinds_that_the_open_index_serves_have_none_of_their_own(roomy: Company) -> None:
    with context.inside(roomy.place, actor=robot()):
        tier = create_custom_field(
            record_type=type_named("contacts"), label="Tier", kind="select", options={"choices": ["A"]}, by=robot()
        )
        fit(tier)
        assert definition(tier) == ""
