"""Lists of the API read few columns; what they give is the documented shape all the same."""

from typing import Any

import pytest
from django.test import Client

from tenants.kernel.actors import robot
from tenants.records.queries import lean, visible_to
from tenants.records.registry import record_types, type_named
from tenants.records.schemas import out_schema, to_api
from tests.factories import Twin, make

NAMES = [found.name for found in record_types()]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_records_need_their_text_fields_only(company: Twin, name: str, django_assert_num_queries: Any) -> None:
    record_type = type_named(name)
    rows = visible_to(robot(), record_type).select_related(None).only("pk", *record_type.model.text_fields)

    with django_assert_num_queries(1):
        assert [str(row) for row in rows] == [str(row) for row in rows]


@pytest.mark.parametrize("name", NAMES)
def test_lean_rows_cost_one_query_and_say_the_same(company: Twin, name: str, django_assert_num_queries: Any) -> None:
    make("tasks", name="Call back", about_type="deals", about_id=company.deal_id)
    record_type = type_named(name)
    rows = visible_to(robot(), record_type).order_by("pk")
    whole = [to_api(record_type, row) for row in rows]

    with django_assert_num_queries(1):
        assert [to_api(record_type, row) for row in lean(rows, record_type)] == whole


@pytest.mark.parametrize("name", ["contacts", "accounts", "deals", "stages"])
def test_list_items_have_the_documented_shape(twins: tuple[Twin, Twin], name: str) -> None:
    client: Client = twins[0].with_key()

    items = client.get(f"/api/v1/{name}").json()["items"]

    assert items
    assert [set(item) for item in items] == [set(out_schema(type_named(name)).model_fields)] * len(items)
    for item in items:
        out_schema(type_named(name)).model_validate(item)
