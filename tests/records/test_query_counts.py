"""What a page costs does not grow with the rows on it. A new record type is looked at by being registered."""

import pytest

from tenants.kernel import context
from tenants.records.layouts.boards import board_fields
from tenants.records.registry import record_types, type_named
from tests.factories import Twin, make
from tests.records.counting import queries_in
from tests.records.filling import add_rows

LIST_AT_MOST, API_AT_MOST, BOARD_AT_MOST, RECORD_AT_MOST = 12, 6, 14, 24
TYPES = [found.name for found in record_types()]
ROUTES = {
    "list": ("/{type}/?view=all", LIST_AT_MOST),
    "board": ("/{type}/board/?view=all", BOARD_AT_MOST),
    "record": ("/{type}/{id}/", RECORD_AT_MOST),
    "api list": ("/api/v1/{type}", API_AT_MOST),
    "api search in list": ("/api/v1/{type}?with_total=true&q=1", API_AT_MOST),
    "api record": ("/api/v1/{type}/{id}", API_AT_MOST),
}


def cost(twin: Twin, path: str) -> int:
    """Queries of the second request: what the process keeps is there by then."""
    client = twin.with_key() if path.startswith("/api/") else twin.signed_in()
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return queries_in(lambda: client.get(path))


@pytest.mark.parametrize("name", TYPES)
def test_cost_is_the_same_for_1_3_and_30_rows(twins: tuple[Twin, Twin], name: str) -> None:
    twin, record_type = twins[0], type_named(name)
    costs = []
    for more in (1, 2, 27):
        with context.inside(twin.place):
            row = add_rows(record_type, more)[0]
            routes = [one for one in ROUTES if one != "board" or board_fields(record_type)]
        costs.append({route: cost(twin, ROUTES[route][0].format(type=name, id=row.pk)) for route in routes})

    assert costs == costs[:1] * 3
    assert {route: found for route, found in costs[0].items() if found > ROUTES[route][1]} == {}


@pytest.mark.parametrize("path", ["/contacts/{contact}/", "/deals/{deal}/", "/accounts/{account}/"])
def test_record_page_with_much_around_it(twins: tuple[Twin, Twin], path: str) -> None:
    twin = twins[0]
    path = path.format(contact=twin.contact_id, deal=twin.deal_id, account=twin.account_id)
    one = cost(twin, path)
    with context.inside(twin.place):
        for number in range(8):
            make("contacts", first_name=f"Person {number}", account=twin.account_id)
            make("deals", name=f"Deal {number}", account=twin.account_id, contact=twin.contact_id)
            make("tasks", name=f"Task {number}", about_type="deals", about_id=twin.deal_id)

    assert cost(twin, path) == one
    assert one <= RECORD_AT_MOST
