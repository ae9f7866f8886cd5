"""Support visits: for a reason and a time, seen by all, under both names, and no further than allowed."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from public_site.control.models import PlatformAdmin
from tenants.directory.models import Company, SupportVisit
from tenants.identity.actions import add_user
from tenants.identity.models import ApiKey, AuditEntry, Session, User
from tenants.identity.support import visits
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.context import PUBLIC_SCHEMA, Place
from tenants.kernel.errors import Conflict
from tenants.records.models import Change
from tests.factories import PASSWORD, Twin, client_for
from tests.identity.conftest import a_user

HTMX = {"HX-Request": "true"}


def staff(twin: Twin) -> Client:
    with context.inside(Place(schema=PUBLIC_SCHEMA, agency_id=twin.agency.pk)):
        return client_for(User.objects.get(email=f"boss@{twin.agency.slug}.example"), twin.agency_host)


def ask(twin: Twin, browser: Client, **more: Any) -> Any:
    sent = {"user_id": str(twin.owner().pk), "minutes": "30", "reason": "Import fails, ticket 4711"} | more
    return browser.post(f"/companies/{twin.company.pk}/visits/new/", sent, headers=HTMX)


def entered(twin: Twin, url: str) -> Client:
    """A browser at the company that followed the ticket."""
    browser = Client(headers={"host": twin.host})
    parts = urlsplit(url)
    assert parts.hostname == twin.host
    assert browser.get(f"{parts.path}?{parts.query}").status_code == 302
    return browser


@pytest.fixture
def visitor(twins: tuple[Twin, Twin]) -> Client:
    """Agency staff inside company A as its owner."""
    return entered(twins[0], ask(twins[0], staff(twins[0]))["HX-Redirect"])


def allow(twin: Twin, access: str) -> None:
    with context.public():
        Company.objects.filter(pk=twin.company.pk).update(support_access=access)


def actions(place: Place) -> list[str]:
    with context.inside(place):
        rows = AuditEntry.objects.filter(chain=place.salt, action__startswith="support.").order_by("number")
        return [row.action for row in rows]


def test_visit_shows_a_banner_with_both_names_and_the_way_out(twins: tuple[Twin, Twin], visitor: Client) -> None:
    page = visitor.get("/contacts/").content.decode()

    assert twins[0].sentinel in page
    assert "<b>Boss</b> (Alpha Agency) is here as" in page
    assert "30 minutes left" in page
    assert 'action="/support/leave/"' in page
    assert "is here as" not in twins[0].signed_in().get("/contacts/").content.decode()


def test_both_audits_tell_of_it(twins: tuple[Twin, Twin], visitor: Client) -> None:
    visitor.post("/support/leave/")

    home = Place(schema=PUBLIC_SCHEMA, agency_id=twins[0].agency.pk)
    assert actions(twins[0].place) == actions(home) == ["support.asked", "support.entered", "support.left"]
    with context.inside(twins[0].place):
        entry = AuditEntry.objects.get(action="support.entered")
        owner = twins[0].owner()
        assert entry.actor_name == f"Boss (Alpha Agency) for {owner} (support)"
        assert entry.details["reason"] == "Import fails, ticket 4711"
        assert owner.last_login is None


def test_history_carries_both_names(twins: tuple[Twin, Twin], visitor: Client) -> None:
    body = json.dumps({"city": "Goa"})
    path = f"/api/v1/contacts/{twins[0].contact_id}"
    assert visitor.patch(path, body, content_type="application/json").status_code == 200

    with context.inside(twins[0].place):
        change = Change.objects.filter(record_id=twins[0].contact_id, action="updated").get()
        assert change.actor_name.startswith("Boss (Alpha Agency) for ")


def test_leaving_closes_the_door(twins: tuple[Twin, Twin], visitor: Client) -> None:
    visitor.post("/support/leave/")

    assert visitor.get("/contacts/").status_code == 302
    with context.inside(twins[0].place):
        assert not Session.objects.exists()
    with context.public():
        assert SupportVisit.objects.get().state == "ended"


def test_time_ends_the_visit(twins: tuple[Twin, Twin], visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(minutes=31)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert visitor.get("/contacts/").status_code == 302
    assert visitor.get("/api/v1/contacts").status_code == 401


@pytest.mark.parametrize("way", ["end", "off"])
def test_owner_ends_it_at_once(twins: tuple[Twin, Twin], visitor: Client, way: str) -> None:
    owner = twins[0].signed_in()
    with context.public():
        visit = SupportVisit.objects.get()

    if way == "end":
        owner.post(f"/settings/support/{visit.pk}/end/")
    else:
        owner.put("/api/v1/support/access", json.dumps({"access": "off"}), content_type="application/json")

    assert visitor.get("/contacts/").status_code == 302
    assert owner.get("/contacts/").status_code == 200


def test_ticket_opens_once_and_only_its_company(twins: tuple[Twin, Twin]) -> None:
    url = ask(twins[0], staff(twins[0]))["HX-Redirect"]
    query = urlsplit(url).query
    stranger = Client(headers={"host": twins[1].host})
    assert stranger.get(f"/support/enter/?{query}").status_code == 410

    entered(twins[0], url)

    again = Client(headers={"host": twins[0].host})
    assert again.get(f"/support/enter/?{query}").status_code == 410
    assert again.get("/support/enter/?ticket=x").status_code == 410
    assert again.get("/contacts/").status_code == 302


def test_company_that_switched_off_is_closed(twins: tuple[Twin, Twin]) -> None:
    allow(twins[0], "off")

    answer = ask(twins[0], staff(twins[0]))

    assert answer.status_code == 422
    assert "switched support visits off" in answer.content.decode()
    with context.public():
        assert not SupportVisit.objects.exists()


def test_consent_is_asked_for_and_given(twins: tuple[Twin, Twin]) -> None:
    allow(twins[0], "approval")
    browser, owner = staff(twins[0]), twins[0].signed_in()

    asked = ask(twins[0], browser)

    with context.public():
        visit = SupportVisit.objects.get()
    entry = f"/companies/{twins[0].company.pk}/visits/{visit.pk}/"
    assert asked["HX-Redirect"] == f"/companies/{twins[0].company.pk}/"
    assert browser.post(entry, headers=HTMX).status_code == 404
    assert "Agree" in owner.get("/settings/support/").content.decode()
    owner.post(f"/settings/support/{visit.pk}/answer/", {"agree": "1"})
    inside = entered(twins[0], browser.post(entry, headers=HTMX)["HX-Redirect"])
    assert inside.get("/contacts/").status_code == 200
    assert actions(twins[0].place) == ["support.asked", "support.agreed", "support.entered"]


def test_refused_visit_never_begins(twins: tuple[Twin, Twin]) -> None:
    allow(twins[0], "approval")
    ask(twins[0], staff(twins[0]))
    with context.public():
        visit = SupportVisit.objects.get()
    api = twins[0].with_key()

    assert api.post(f"/api/v1/support/visits/{visit.pk}/refusal").status_code == 204
    assert api.post(f"/api/v1/support/visits/{visit.pk}/consent").status_code == 409
    with context.inside(twins[0].place, actor=robot()), pytest.raises(Conflict):
        visits.begin_visit(visits.visit_here(visit.pk), session_key="x")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/settings/keys/new/"), ("post", "/api/v1/api-keys"), ("post", "/settings/profile/password/"),
        ("post", "/settings/people/invite/"), ("post", "/api/v1/users"), ("patch", "/api/v1/me"),
        ("post", "/settings/support/access/"), ("put", "/api/v1/support/access"), ("get", "/settings/audit/export.csv"),
        ("post", "/me/notifications/browsers/"), ("post", "/api/v1/push-subscriptions"),
        ("post", "/api/v1/chat-connections"), ("patch", "/api/v1/notification-wishes"),
    ],
)  # fmt: skip
def test_visitor_leaves_nothing_behind(twins: tuple[Twin, Twin], visitor: Client, method: str, path: str) -> None:
    with context.inside(twins[0].place):
        before = (ApiKey.objects.count(), User.objects.count())

    answer = getattr(visitor, method)(
        path, *(["{}"] if method != "get" else []), **({"content_type": "application/json"} if method != "get" else {})
    )

    assert answer.status_code == 403
    with context.inside(twins[0].place):
        assert (ApiKey.objects.count(), User.objects.count()) == before


@pytest.mark.parametrize(
    ("more", "field"), [({"reason": "x"}, "reason"), ({"minutes": "9999"}, "minutes"), ({"user_id": "x"}, "user_id")]
)
def test_reason_time_and_person_are_asked_for(twins: tuple[Twin, Twin], more: dict[str, str], field: str) -> None:
    answer = ask(twins[0], staff(twins[0]), **more)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_strangers_cannot_ask(twins: tuple[Twin, Twin]) -> None:
    assert ask(twins[0], staff(twins[1])).status_code == 404
    assert ask(twins[0], Client(headers={"host": twins[0].agency_host})).status_code != 200
    rep = client_for_rep(twins[0])
    assert rep.get("/settings/support/").status_code == 403
    assert rep.get("/api/v1/support/visits").status_code == 403
    with context.public():
        assert not SupportVisit.objects.exists()


def client_for_rep(twin: Twin) -> Client:
    user = a_user(twin, "sales-rep")
    with context.inside(twin.place):
        return client_for(user, twin.host)


def test_platform_admin_comes_in_without_the_platforms_name(twins: tuple[Twin, Twin]) -> None:
    with context.inside(Place(schema=PUBLIC_SCHEMA)):
        admin = add_user(email="root@platform.example", name="Root", password=PASSWORD)
        PlatformAdmin.objects.create(user=admin)
        browser = client_for(admin, settings.PLATFORM_DOMAIN)
    sent = {"user_id": str(twins[0].owner().pk), "minutes": "15", "reason": "Asked by phone"}

    answer = browser.post(f"/control/companies/{twins[0].company.pk}/visits/new/", sent, headers=HTMX)

    page = entered(twins[0], answer["HX-Redirect"]).get("/contacts/").content.decode()
    assert "<b>Root</b> (Platform) is here as" in page
    assert settings.PLATFORM_NAME not in page
    assert actions(Place(schema=PUBLIC_SCHEMA))[-2:] == ["support.asked", "support.entered"]


def test_settings_list_who_was_here(twins: tuple[Twin, Twin], visitor: Client) -> None:
    owner = twins[0].signed_in()

    page = owner.get("/settings/support/").content.decode()
    row = owner.get("/api/v1/support/visits").json()["items"][0]

    assert "Import fails, ticket 4711" in page
    assert (row["visitor_name"], row["house"], row["state"]) == ("Boss", "Alpha Agency", "inside")
    assert "session_key" not in row
