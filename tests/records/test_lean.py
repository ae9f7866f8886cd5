"""Lists of the API read few columns; what they give is the documented shape all the same."""

from typing import Any

import pytest
from django.test import Client

from tenants.kernel.actors import robot
from tenants.records.fields import Field, Relation
from tenants.records.queries import visible_to
from tenants.records.registry import record_types, type_named
from tenants.records.rows import Reader
from tenants.records.schemas import out_schema
from tests.factories import Twin, make

NAMES = [found.name for found in record_types()]


@pytest.mark.parametrize("name", NAMES)
def test_rows_cost_one_query_and_say_what_records_say(company: Twin, name: str, django_assert_num_queries: Any) -> None:
    make("tasks", name="Call back", about_type="deals", about_id=company.deal_id)
    record_type = type_named(name)
    rows = visible_to(robot(), record_type).order_by("pk")
    whole = [{field.name: _said(field, row) for field in record_type.own_fields.values()} for row in rows]
    reader = Reader(record_type)

    with django_assert_num_queries(1):
        found = reader.dictionaries(list(reader.rows(rows)))

    assert [{name: one[name] for name in record_type.own_fields} for one in found] == whole


def _said(field: Field, row: Any) -> Any:
    if not isinstance(field, Relation):
        return field.to_api(row)
    target = field.value(row)
    return {"id": target.pk, "name": str(target)} if target else None


@pytest.mark.parametrize("name", ["contacts", "accounts", "deals", "stages"])
def test_list_items_have_the_documented_shape(twins: tuple[Twin, Twin], name: str) -> None:
    client: Client = twins[0].with_key()

    items = client.get(f"/api/v1/{name}").json()["items"]

    assert items
    assert [set(item) for item in items] == [set(out_schema(type_named(name)).model_fields)] * len(items)
    for item in items:
        out_schema(type_named(name)).model_validate(item)
