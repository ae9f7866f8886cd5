"""The record page: its parts, change in place, two writers, pickers, what is remembered; and what it costs."""

import json

import pytest
from django.test import Client

from tenants.crm.models import Account, Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.actions import update_record
from tenants.records.models import Preference
from tenants.records.notes.actions import add_note, pin_note
from tests.factories import Twin, client_for, make
from tests.records.counting import queries_in
from tests.records.people import colleague

AT_MOST = 20
HTMX = {"HX-Request": "true"}


@pytest.fixture
def twin(twins: tuple[Twin, Twin]) -> Twin:
    return twins[0]


def contact_url(twin: Twin, rest: str = "") -> str:
    return f"/contacts/{twin.contact_id}/{rest}"


def grow(twin: Twin, count: int) -> None:
    with context.inside(twin.place, actor=robot()):
        contact, account = Contact.objects.get(pk=twin.contact_id), Account.objects.get(pk=twin.account_id)
        for number in range(count):
            for record in (contact, account):
                note = add_note(record=record, body=f"Note {number}", by=robot())
                add_note(record=record, body="Reply", parent=note, by=robot())
            pin_note(note=add_note(record=contact, body="Pinned", by=robot()), by=robot(), is_pinned=True)
            update_record(record=contact, values={"city": f"City {number}"}, by=robot())
            make("contacts", first_name=f"Person {number}", account=account.pk)


@pytest.mark.parametrize("path", ["/contacts/{contact}/", "/accounts/{account}/", "/deals/{deal}/"])
@pytest.mark.parametrize("tab", ["overview", "activity", "notes", "files", "history"])
def test_what_the_page_costs(twin: Twin, path: str, tab: str) -> None:
    path = path.format(contact=twin.contact_id, account=twin.account_id, deal=twin.deal_id) + f"?tab={tab}"
    browser = twin.signed_in()

    def cost() -> int:
        assert browser.get(path).status_code == 200
        return queries_in(lambda: browser.get(path))

    grow(twin, 1)
    one = cost()
    grow(twin, 3)
    assert cost() == one
    assert one <= AT_MOST


def test_a_value_and_its_input(twin: Twin) -> None:
    browser, path = twin.signed_in(), contact_url(twin, "field/city/")

    assert 'name="city"' in browser.get(path).content.decode()
    saved = browser.post(path, {"city": "Nashik"}, headers=HTMX)

    assert "Nashik" in saved.content.decode()
    told = json.loads(saved["HX-Trigger"])["record:changed"]
    assert (told["type"], told["field"]) == ("contacts", "city")
    refused = browser.post(contact_url(twin, "field/email/"), {"email": "nobody"}, headers=HTMX)
    assert (refused.status_code, "nobody" in refused.content.decode()) == (422, True)
    assert browser.get(contact_url(twin, "field/nothing/")).status_code == 404


def was_of(page: str) -> str:
    return page.split('name="was" value="')[1].split('"')[0]


def test_the_second_writer_of_a_field_sees_both(twin: Twin) -> None:
    browser, path = twin.signed_in(), contact_url(twin, "field/city/")
    was = was_of(browser.get(path).content.decode())
    with context.inside(twin.place, actor=robot()):
        other = colleague("Kabir Mehta", "manager")
        update_record(record=Contact.objects.get(pk=twin.contact_id), values={"city": "Pune"}, by=other.actor)

    clash = browser.post(path, {"city": "Nashik", "was": was}, headers=HTMX)
    page = clash.content.decode()
    assert clash.status_code == 409
    for told in ("Kabir Mehta changed this meanwhile to:", "Pune", 'value="Nashik"'):
        assert told in page
    again = browser.post(path, {"city": "Nashik", "was": was_of(page)}, headers=HTMX)
    assert again.status_code == 200


def test_a_form_writes_only_what_was_changed_and_shows_clashes(twin: Twin) -> None:
    browser, path = twin.signed_in(), contact_url(twin, "edit/")
    page = browser.get(path, headers=HTMX).content.decode()
    was = json.loads(was_of(page).replace("&quot;", '"'))
    with context.inside(twin.place, actor=robot()):
        contact = Contact.objects.get(pk=twin.contact_id)
        sent = {"first_name": contact.first_name, "last_name": contact.last_name, "city": contact.city or "",
                "job_title": "Director", "email": contact.email, "phone": contact.phone}  # fmt: skip
        update_record(record=contact, values={"city": "Pune"}, by=robot("Kabir"))

    assert browser.post(path, sent | {"was": json.dumps(was)}, headers=HTMX).status_code == 204
    with context.inside(twin.place):
        contact = Contact.objects.get(pk=twin.contact_id)
        assert (contact.city, contact.job_title) == ("Pune", "Director")
    clash = browser.post(path, sent | {"city": "Delhi", "job_title": "Boss", "was": json.dumps(was)}, headers=HTMX)
    assert clash.status_code == 409
    assert 'value="Delhi"' in clash.content.decode()
    with context.inside(twin.place):
        assert Contact.objects.get(pk=twin.contact_id).city == "Pune"


def test_a_picker_finds_and_makes(twin: Twin) -> None:
    browser = twin.signed_in()

    found = browser.get("/contacts/options/account/?q=traders").content.decode()
    assert f'data-value="{twin.account_id}"' in found
    assert "Nothing is called" in browser.get("/contacts/options/account/?q=zzz").content.decode()
    made = browser.post("/accounts/options/", {"name": "Zenith Foods"})
    assert (made.status_code, made.json()["name"]) == (201, "Zenith Foods")
    assert browser.post("/accounts/options/", {"name": ""}).status_code == 422
    assert browser.get("/contacts/options/owner/?q=").status_code == 200


def test_a_reader_sees_and_does_not_touch(twin: Twin) -> None:
    with context.inside(twin.place, actor=robot()):
        browser = client_for(colleague("Reader", "read-only"), twin.host)

    page = browser.get(contact_url(twin)).content.decode()

    assert "data-edit" not in page
    assert 'id="composer"' not in page
    assert browser.get(contact_url(twin, "field/city/")).status_code == 403
    assert browser.post(contact_url(twin, "field/city/"), {"city": "X"}).status_code == 403
    assert browser.post(contact_url(twin, "notes/"), {"body": "X"}).status_code == 403
    assert browser.post("/accounts/options/", {"name": "X"}).status_code == 403


@pytest.mark.parametrize(
    "rest", ["", "about/", "beside/", "brief/", "followers/", "files/", "timeline/", "merge-with/"]
)
def test_every_part_is_for_those_of_the_company(twins: tuple[Twin, Twin], rest: str) -> None:
    path = contact_url(twins[0], rest)

    assert twins[0].signed_in().get(path).status_code == 200
    assert twins[1].signed_in().get(path).status_code == 404
    assert Client(headers={"host": twins[0].host}).get(path).status_code == 302


def test_what_one_likes_is_remembered(twin: Twin) -> None:
    browser = twin.signed_in()
    for liked in ({"tab": "notes"}, {"card": "Deals", "closed": "1"}, {"hide_empty": "1"}, {"tab": "nonsense"}):
        assert browser.post("/contacts/page/", liked).status_code == 204

    with context.inside(twin.place):
        kept = Preference.objects.get(key="record.contacts").value
    assert kept == {"tab": "notes", "closed": ["Deals"], "hide_empty": True}
    assert 'id="notes"' in browser.get(contact_url(twin)).content.decode()


def test_a_tab_comes_alone(twin: Twin) -> None:
    part = twin.signed_in().get(
        contact_url(twin, "?tab=history"), headers={"HX-Request": "true", "HX-Target": "record-tab"}
    )

    assert "<html" not in part.content.decode()
    assert "Created" in part.content.decode()
