"""What a page costs: the same few queries for one row and for thirty, whatever the columns."""

import pytest

from tenants.kernel import context
from tests.factories import Twin, make
from tests.records.counting import queries_in

LIST, GROUPED, BOARD, CALENDAR, MAP = 6, 8, 9, 7, 6


def cost(twin: Twin, path: str) -> int:
    """Queries of the second request: what the process keeps is there by then."""
    client = twin.signed_in()
    assert client.get(path).status_code == 200
    return queries_in(lambda: client.get(path))


def add_rows(twin: Twin, count: int) -> None:
    with context.inside(twin.place):
        for number in range(count):
            account = make("accounts", name=f"Account {number}", city="Pune", country="IN")
            make("contacts", first_name=f"Person {number}", account=account.pk, source="website")
            make("deals", name=f"Deal {number}", account=account.pk, expected_close_on="2026-11-20")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/contacts/?view=all", LIST),
        ("/deals/?view=all", LIST),
        ("/deals/?view=all&columns=name,stage", LIST),
        ("/deals/?view=all&group=stage", GROUPED),
        ("/contacts/?view=all&group=account", GROUPED),
        ("/deals/board/?view=all", BOARD),
        ("/deals/calendar/?view=all&on=expected_close_on&day=2026-11-20", CALENDAR),
        ("/accounts/map/?view=all", MAP),
    ],
)
def test_a_page_costs_the_same_for_a_row_and_for_thirty(twins: tuple[Twin, Twin], path: str, most: int) -> None:
    add_rows(twins[0], 1)
    one = cost(twins[0], path)
    add_rows(twins[0], 30)

    assert cost(twins[0], path) == one
    assert one <= most
