"""Counts of the tabs and the sum at the foot, asked for once the page already stands."""

from typing import Any

import pytest
from django.core.cache import cache

from tenants.identity.models import User
from tenants.kernel import context
from tenants.records.models import SavedView
from tenants.records.registry import type_named
from tenants.records.views import figures
from tenants.records.views.actions import create_view
from tests.factories import Twin, make
from tests.records.counting import queries_in

PUNE = {"field": "city", "op": "is", "value": "Pune"}


@pytest.fixture
def view(company: Twin) -> SavedView:
    boss = User.objects.get(role__slug="owner").actor
    return create_view(record_type=type_named("contacts"), values={"name": "Pune", "filter": PUNE}, by=boss)


def said(company: Twin, path: str) -> dict[str, str]:
    """What stands at which id."""
    parts = company.signed_in().get(path).content.decode().split('id="')[1:]
    return {part.split('"')[0]: part.split(">")[1].split("<")[0] for part in parts}


def test_each_tab_has_its_count(company: Twin, view: SavedView) -> None:
    make("contacts", first_name="Near", city="Pune")
    make("contacts", first_name="Far", city="Nashik")

    found = said(company, "/contacts/figures/?layout=list&view=all")

    assert found == {"tab-count-all": "3", f"tab-count-{view.pk}": "1"}  # the twin has a contact of its own


def test_many_are_counted_to_a_limit(company: Twin, monkeypatch: Any) -> None:
    monkeypatch.setattr(figures, "MOST_COUNTED", 2)
    for number in range(2):
        make("contacts", first_name=f"Person {number}")

    assert said(company, "/contacts/figures/") == {"tab-count-all": "2+"}


def test_the_foot_has_the_sum_of_what_is_listed(company: Twin) -> None:
    make("deals", name="Rupees", amount="1000", currency="INR", campaign="Diwali")
    make("deals", name="Euros", amount="50", currency="EUR", campaign="Diwali")
    query = 'filter={"field":"campaign","op":"is","value":"Diwali"}'

    assert said(company, f"/deals/figures/?layout=list&{query}")["foot-sum"] == "Σ ₹1,000 + €50"
    assert "foot-sum" not in said(company, f"/deals/figures/?layout=board&{query}")


def test_they_cost_the_same_for_1_and_3_rows(twins: tuple[Twin, Twin]) -> None:
    def cost() -> int:
        with context.inside(twins[0].place):
            cache.clear()
        return queries_in(lambda: browser.get("/deals/figures/?layout=list"))

    browser = twins[0].signed_in()
    browser.get("/deals/figures/?layout=list")
    one = cost()
    with context.inside(twins[0].place):
        for number in range(2):
            make("deals", name=f"Deal {number}")

    assert cost() == one
