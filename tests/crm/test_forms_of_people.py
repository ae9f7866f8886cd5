"""Names typed in one go, and the heads under which long records are read and filled."""

from typing import Any

import pytest

from tenants.crm.models import LostReason, Stage
from tenants.crm.records import names_of
from tenants.kernel import context
from tenants.records.registry import type_named
from tests.factories import Twin, make


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Asha Rao", {"first_name": "Asha", "last_name": "Rao"}),
        ("Ana Maria  da Silva ", {"first_name": "Ana Maria da", "last_name": "Silva"}),
        ("Cher", {"first_name": "Cher"}),
        ("  ", {"first_name": ""}),
    ],
)
def test_a_name_in_one_go_becomes_two(text: str, names: dict[str, str]) -> None:
    assert names_of(text) == names


@pytest.mark.parametrize("name", ["contacts", "leads"])
def test_a_person_is_made_from_a_picker(company: Twin, name: str) -> None:
    browser = company.signed_in()

    made = browser.post(f"/{name}/options/", {"name": "Asha Rao"})
    refused = browser.post(f"/{name}/options/", {"name": " "})

    assert (made.status_code, made.json()["name"]) == (201, "Asha Rao")
    found: Any = type_named(name).model._default_manager.get(pk=made.json()["id"])
    assert (found.first_name, found.last_name) == ("Asha", "Rao")
    assert refused.status_code == 422
    assert "First name" in refused.json()["error"]


@pytest.mark.parametrize("name", ["contacts", "accounts", "leads", "deals", "tasks"])
def test_heads_name_fields_there_are_and_each_once(name: str) -> None:
    record_type = type_named(name)
    named = [field for section in record_type.sections for field in section.fields]

    assert len(record_type.sections) >= 2
    assert set(named) <= set(record_type.own_fields)
    assert len(named) == len(set(named))


def test_what_a_deal_was_lost_for_is_shown_on_lost_ones_and_folded_in_forms(twins: tuple[Twin, Twin]) -> None:
    twin = twins[0]
    browser = twin.signed_in()
    with context.inside(twin.place):
        end = Stage.objects.get(kind="lost")
        reason = LostReason.objects.create(name="Too dear")
        going = make("deals", name="Going")
        lost = make("deals", name="Gone", stage=end.pk, lost_reason=reason.pk)

    pages = [browser.get(f"/deals/{deal.pk}/about/").content.decode() for deal in (going, lost)]
    forms = [browser.get(f"/deals/{deal.pk}/edit/").content.decode() for deal in (going, lost)]

    assert ["<h4>Lost</h4>" in page for page in pages] == [False, True]
    assert ["form-fold" in form for form in forms] == [True, False]
    assert all('name="lost_note"' in form for form in forms)


def test_a_fold_with_a_fault_in_it_stands_open(company: Twin) -> None:
    answer = company.signed_in().post("/deals/new/", {"name": "Long", "lost_note": "x" * 300})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "form-fold" not in page
    assert "<legend>Lost</legend>" in page
