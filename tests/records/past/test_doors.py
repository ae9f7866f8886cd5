"""The time machine by page and by API."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records import actions
from tenants.records.models import Job
from tests.factories import Twin, client_for, make
from tests.records.past.remembering import now
from tests.records.people import colleague

INDIA = ZoneInfo("Asia/Kolkata")
"""Where company A is: forms take moments of there."""
HTMX = {"HX-Request": "true"}


def change(record: Any, **values: Any) -> None:
    actions.update_record(record=record, values=values, by=robot())


@pytest.fixture
def asha(company: Twin) -> Any:
    return make("contacts", first_name="Asha", last_name="Rao", city="Pune")


@pytest.fixture
def at(asha: Any) -> str:
    """Before her city and name changed."""
    found = now().isoformat()
    change(asha, city="Goa", last_name="Nair")
    return found


def city(company: Twin, record: Any) -> str:
    with context.inside(company.place):
        return str(Contact.objects.get(pk=record.pk).city)


# Pages


def test_the_record_page_leads_to_its_past(owner: Any, asha: Any, at: str) -> None:
    assert f'href="/contacts/{asha.pk}/past/"' in owner.get(f"/contacts/{asha.pk}/").content.decode()


def test_the_past_of_a_record_marks_what_differs(owner: Any, asha: Any, at: str) -> None:
    page = owner.get(f"/contacts/{asha.pk}/past/", {"at": at}).content.decode()

    assert page.count('class="is-different"') == 3
    assert 'value="city"' in page
    assert 'value="name"' not in page
    assert page.count("data-past-moment") == 2


def test_without_a_moment_it_shows_how_it_was_before_the_last_change(owner: Any, asha: Any, at: str) -> None:
    page = owner.get(f"/contacts/{asha.pk}/past/").content.decode()

    assert page.count('class="is-different"') == 3


def test_a_moment_comes_without_the_page(owner: Any, asha: Any, at: str) -> None:
    answer = owner.get(f"/contacts/{asha.pk}/past/", {"at": at}, headers={**HTMX, "HX-Target": "past"})

    assert answer.content.decode().strip().startswith('<section id="past"')


def test_before_it_was_made_there_is_nothing_to_bring_back(owner: Any, asha: Any) -> None:
    page = owner.get(f"/contacts/{asha.pk}/past/", {"at": "2001-01-01T00:00"}).content.decode()

    assert "It was not there at this moment" in page
    assert "Bring back all of it" not in page


def test_chosen_fields_come_back_and_the_toast_undoes_it(owner: Any, company: Twin, asha: Any, at: str) -> None:
    answer = owner.post(f"/contacts/{asha.pk}/past/restore/", {"at": at, "names": ["city"]}, headers=HTMX)
    back = city(company, asha)
    undo = next(iter(m.extra_tags for m in _messages(owner, asha)))

    owner.post(undo, headers=HTMX)

    assert answer["HX-Redirect"] == f"/contacts/{asha.pk}/"
    assert (back, city(company, asha)) == ("Pune", "Goa")


def _messages(browser: Any, record: Any) -> list[Any]:
    return list(browser.get(f"/contacts/{record.pk}/").context["messages"])


def test_nothing_ticked_changes_nothing(owner: Any, company: Twin, asha: Any, at: str) -> None:
    answer = owner.post(f"/contacts/{asha.pk}/past/restore/", {"at": at})

    assert (answer.status_code, city(company, asha)) == (302, "Goa")


def test_a_record_in_the_bin_has_a_past_and_comes_back(owner: Any, company: Twin, asha: Any, at: str) -> None:
    with context.inside(company.place):
        actions.delete_record(record=asha, by=robot())

    page = owner.get(f"/contacts/{asha.pk}/past/", {"at": at})
    owner.post(f"/contacts/{asha.pk}/past/restore/", {"at": at, "all": "1"})

    assert b"Take it out of the bin" in page.content
    with context.inside(company.place):
        found = Contact.objects.get(pk=asha.pk)
    assert (found.deleted_at, found.city) == (None, "Pune")


def test_the_list_as_of_a_moment_is_there_to_be_read(owner: Any, asha: Any, at: str) -> None:
    page = owner.get("/contacts/", {"as_of": at, "q": "asha"}).content.decode()

    assert f'href="/contacts/{asha.pk}/past/?at=' in page
    assert "Asha Rao" in page
    assert "Asha Nair" not in page
    assert "data-edit" not in page
    assert "data-pick" not in page
    assert "as_of=" in page


@pytest.mark.parametrize("sort", ["name", "-created_at", "account", ""])
def test_the_list_of_the_past_is_sorted_and_filtered(owner: Any, asha: Any, at: str, sort: str) -> None:
    tree = json.dumps({"field": "city", "op": "is", "value": "Pune"})

    page = owner.get("/contacts/", {"as_of": at, "sort": sort, "filter": tree})

    assert page.status_code == 200
    assert "Asha Rao" in page.content.decode()


def test_a_list_is_asked_as_of_when(owner: Any, company: Twin) -> None:
    page = owner.get("/contacts/past/", {"q": "asha", "sort": "name"}, headers=HTMX).content.decode()

    assert '<input type="hidden" name="q" value="asha">' in page
    assert "?q=asha&amp;sort=name&amp;as_of=" in page


def test_a_moment_that_is_none_is_told(owner: Any, company: Twin) -> None:
    assert owner.get("/contacts/", {"as_of": "soon"}).status_code == 422


def test_the_settings_preview_and_then_do_it(owner: Any, company: Twin, asha: Any, at: str) -> None:
    moment = datetime.fromisoformat(at).astimezone(INDIA).replace(tzinfo=None).isoformat()
    preview = owner.get("/settings/time-machine/", {"at": moment, "types": ["contacts"]}).content.decode()
    still = city(company, asha)

    answer = owner.post("/settings/time-machine/", {"at": moment, "types": ["contacts"]})

    with context.inside(company.place):
        job = Job.objects.get(kind="rewind")
    assert "Bring back 1 record" in preview
    assert (still, city(company, asha)) == ("Goa", "Pune")
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.pk}/")
    assert owner.get(answer["Location"]).status_code == 200


def test_a_moment_to_come_is_refused_on_the_page(owner: Any, company: Twin) -> None:
    answer = owner.get("/settings/time-machine/", {"at": "2099-01-01T00:00"})

    assert answer.status_code == 422
    assert b"has not come yet" in answer.content


def test_who_may_not_change_the_settings_has_no_such_page(company: Twin) -> None:
    with context.inside(company.place):
        browser = client_for(colleague("Ann"), company.host)

    assert browser.get("/settings/time-machine/").status_code == 403
    assert browser.post("/settings/time-machine/", {"at": "2026-01-01T00:00"}).status_code == 403


# The API


def test_a_record_and_a_list_are_given_as_of(company: Twin, asha: Any, at: str) -> None:
    api = company.with_key()

    one = api.get(f"/api/v1/contacts/{asha.pk}", {"as_of": at})
    rows = api.get("/api/v1/contacts", {"as_of": at, "q": "Asha", "with_total": "true"}).json()

    assert (one.json()["name"], one.json()["city"], "ETag" in one.headers) == ("Asha Rao", "Pune", False)
    assert ([row["name"] for row in rows["items"]], rows["total"]) == (["Asha Rao"], 1)


def test_before_it_was_made_the_api_knows_no_record(company: Twin, asha: Any) -> None:
    answer = company.with_key().get(f"/api/v1/contacts/{asha.pk}", {"as_of": "2001-01-01T00:00:00Z"})

    assert answer.status_code == 404


def test_moments_are_listed_and_brought_back(company: Twin, asha: Any, at: str) -> None:
    api, path = company.with_key(), f"/api/v1/contacts/{asha.pk}/past"

    moments = api.get(path).json()["items"]
    back = api.post(path, {"at": moments[1]["at"], "fields": ["city"]}, content_type="application/json")

    assert [one["what"] for one in moments] == ["changed", "created this"]
    assert (back.status_code, back.json()["city"], back.json()["last_name"]) == (200, "Pune", "Nair")


def test_if_match_is_heeded(company: Twin, asha: Any, at: str) -> None:
    answer = company.with_key().post(
        f"/api/v1/contacts/{asha.pk}/past", {"at": at}, content_type="application/json", headers={"If-Match": '"1"'}
    )

    assert (answer.status_code, city(company, asha)) == (412, "Goa")


def test_a_field_that_is_not_there_is_named(company: Twin, asha: Any, at: str) -> None:
    answer = company.with_key().post(
        f"/api/v1/contacts/{asha.pk}/past", {"at": at, "fields": ["shoe"]}, content_type="application/json"
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["shoe"])


def test_a_rewind_is_previewed_and_done(company: Twin, asha: Any, at: str) -> None:
    api, asked = company.with_key(), {"at": at, "types": ["contacts"]}

    preview = api.post("/api/v1/rewinds/preview", asked, content_type="application/json").json()
    done = api.post("/api/v1/rewinds", asked, content_type="application/json")

    part = preview["parts"][0]
    assert (preview["total"], part["type"], part["change"], part["samples"][0]["name"]) == (
        1,
        "contacts",
        1,
        "Asha Nair",
    )
    assert part["samples"][0]["before"] == {"city": "Pune", "last_name": "Rao"}
    assert (done.status_code, done.json()["state"], city(company, asha)) == (200, "done", "Pune")
