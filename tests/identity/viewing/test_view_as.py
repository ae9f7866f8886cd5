"""View as: what the member sees, nothing written anywhere, nobody gaining rights by it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tenants.identity.actions import create_api_key
from tenants.identity.models import ApiKey, AuditEntry, Role, User
from tenants.identity.people import deactivate_user
from tenants.identity.viewing.inside import LookOnly, Viewing, looking_only
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.enums import Visibility
from tenants.records.models import Change, Note
from tests.factories import Twin, client_for, make
from tests.identity.conftest import a_user
from tests.records.people import colleague

HTMX = {"HX-Request": "true"}
JSON = "application/json"


@pytest.fixture
def maya(twins: tuple[Twin, Twin]) -> User:
    """A rep who sees her own contacts only, without their phone numbers."""
    user = a_user(twins[0], "sales-rep", "maya@people.example")
    with context.inside(twins[0].place, actor=robot()):
        user.role = Role.objects.create(
            name="Own rep", slug="own-rep", grants={"*": ["view", "create", "edit"], "settings": []},
            reaches={"contacts": {"view": "own", "edit": "own"}}, field_rules={"contacts": {"phone": "hidden"}},
        )  # fmt: skip
        user.name = "Maya Chen"
        user.save()
        make("contacts", first_name="Mine", last_name="Alone", owner=user.pk)
    return user


def begin(browser: Client, user: User, minutes: int = 30) -> Any:
    return browser.post(f"/settings/people/{user.pk}/view-as/", {"minutes": minutes}, headers=HTMX)


@pytest.fixture
def watching(twins: tuple[Twin, Twin], maya: User) -> Client:
    """The owner's browser, seeing what Maya sees."""
    browser = twins[0].signed_in()
    assert begin(browser, maya)["HX-Redirect"] == "/"
    return browser


def lines(twin: Twin) -> list[tuple[str, str, str]]:
    with context.inside(twin.place):
        rows = AuditEntry.objects.filter(action__startswith="view_as.").order_by("number")
        return [(row.action, row.actor_name, row.details.get("how", "")) for row in rows]


def test_sees_what_the_member_sees(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    page = watching.get("/contacts/").content.decode()
    seen = [one["name"] for one in watching.get("/api/v1/contacts").json()["items"]]

    assert seen == ["Mine Alone"]
    assert twins[0].sentinel not in page
    assert "You see what <b>Maya Chen</b> sees" in page
    assert "30 minutes left" in page
    assert "phone" not in watching.get("/api/v1/contacts").json()["items"][0]
    assert watching.get(f"/contacts/{twins[0].contact_id}/").status_code == 404
    assert watching.get("/settings/people/").status_code == 403
    assert watching.get("/api/v1/search?q=alone").json()["items"]
    assert watching.get("/api/v1/me").json()["email"] == maya.email


def test_other_browsers_and_keys_know_nothing_of_it(twins: tuple[Twin, Twin], watching: Client) -> None:
    assert "You see what" not in twins[0].signed_in().get("/contacts/").content.decode()
    key = Client(headers={"host": twins[0].host, "authorization": f"Bearer {twins[0].api_key}"})
    key.cookies = watching.cookies

    assert key.patch(
        f"/api/v1/contacts/{twins[0].contact_id}", json.dumps({"city": "Goa"}), content_type=JSON
    ).status_code == 200  # fmt: skip


def test_audit_tells_of_beginning_and_end(twins: tuple[Twin, Twin], watching: Client) -> None:
    owner = str(twins[0].owner())

    assert watching.post("/view-as/leave/").status_code == 302
    watching.post("/view-as/leave/")

    assert lines(twins[0]) == [("view_as.began", owner, ""), ("view_as.ended", owner, "left")]
    assert twins[0].sentinel in watching.get("/contacts/").content.decode()


def test_time_ends_it(twins: tuple[Twin, Twin], watching: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + timedelta(minutes=31)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert twins[0].sentinel in watching.get("/contacts/").content.decode()
    assert lines(twins[0])[-1][2] == "time"


def test_signing_out_ends_it_in_the_owners_name(twins: tuple[Twin, Twin], watching: Client) -> None:
    watching.post("/sign-out/")

    assert watching.get("/contacts/").status_code == 302
    assert lines(twins[0])[-1] == ("view_as.ended", str(twins[0].owner()), "signed out")
    with context.inside(twins[0].place):
        out = AuditEntry.objects.get(action="sign_out.done")
        assert out.user_id == twins[0].owner().pk


def test_it_ends_with_the_member(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    with context.inside(twins[0].place, actor=robot()):
        deactivate_user(user=maya, by=robot())

    assert twins[0].sentinel in watching.get("/contacts/").content.decode()
    assert lines(twins[0])[-1][2] == "no longer allowed"


def test_it_ends_with_the_right(twins: tuple[Twin, Twin], maya: User) -> None:
    admin = a_user(twins[0], "admin")
    with context.inside(twins[0].place):
        browser = client_for(admin, twins[0].host)
    assert begin(browser, maya).status_code == 204
    with context.inside(twins[0].place, actor=robot()):
        admin.role = Role.objects.get(slug="manager")
        admin.save()

    assert "You see what" not in browser.get("/contacts/").content.decode()
    assert lines(twins[0])[-1][2] == "no longer allowed"


def _writes(face: str) -> list[tuple[str, str]]:
    """Every method and path of the API document that writes."""
    from saas.api import company_api
    from tenants.kernel.answers import Document

    found = Document(company_api(), "/api/v1/")["paths"]
    return [
        (method, path)
        for path, methods in found.items()
        for method in methods
        if method not in ("get", "head", "options") and (method, path) != ("delete", "/api/v1/view-as")
    ]


def test_every_write_of_the_api_is_refused(twins: tuple[Twin, Twin], watching: Client) -> None:
    with context.inside(twins[0].place):
        before = (Change.objects.count(), AuditEntry.objects.count(), ApiKey.objects.count(), User.objects.count())
    found = set()

    for method, path in _writes("company"):
        for name in ("record_id", "share_id", "user_id", "id"):
            path = path.replace(f"{{{name}}}", str(twins[0].contact_id))
        path = path.replace("{", "").replace("}", "")
        answer = getattr(watching, method)(path, "{}", content_type=JSON)
        found.add((answer.status_code, answer.json()["code"]))
        assert answer.json()["code"] == "view_as" or answer.status_code in (404, 405), (method, path)

    assert (403, "view_as") in found
    with context.inside(twins[0].place):
        after = (Change.objects.count(), AuditEntry.objects.count(), ApiKey.objects.count(), User.objects.count())
    assert after == before


def test_every_write_of_the_pages_is_refused(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    from tests.identity.viewing.routes import company_paths

    with context.inside(twins[0].place):
        before = (Change.objects.count(), AuditEntry.objects.count(), User.objects.count())
    paths = [path for path in company_paths(twins[0]) if path not in ("/view-as/leave/", "/sign-out/")]
    assert len(paths) > 100

    for path in paths:
        answer = watching.post(path, {}, headers=HTMX)
        assert answer.status_code in (403, 404), (path, answer.status_code)
        if answer.status_code == 403 and "HX-Trigger" in answer:
            assert "nothing can be changed" in answer["HX-Trigger"], path

    with context.inside(twins[0].place):
        assert (Change.objects.count(), AuditEntry.objects.count(), User.objects.count()) == before
    assert "You see what" in watching.get("/contacts/").content.decode()


def test_refusal_says_why(twins: tuple[Twin, Twin], watching: Client) -> None:
    page = watching.post("/contacts/new/", {"first_name": "X"})
    api = watching.post("/api/v1/contacts", "{}", content_type=JSON)

    assert page.status_code == api.status_code == 403
    assert "You see what Maya Chen sees: nothing can be changed." in page.content.decode()
    assert api.json()["detail"] == "You see what Maya Chen sees: nothing can be changed. Leave the view first."


def test_every_page_can_be_read(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    """No page writes while it is read: the database would refuse, and the page with it."""
    from tests.hostile.crawl import crawl, fetch

    found = crawl(watching, twins[0].host, "/")

    own = twins[0].signed_in(maya.email)
    assert len(found) > 20
    theirs = {one.url: fetch(own, one.url).status for one in found}
    assert {one.url: one.status for one in found} == theirs | {"/settings/profile/": 403, "/me/notifications/": 403}


def test_the_database_refuses_what_a_page_writes(company: Twin) -> None:
    owner = company.owner()
    found = Viewing(owner, owner, timezone.now())

    with looking_only(found):
        assert User.objects.count() > 0
        with pytest.raises(LookOnly):
            User.objects.filter(pk=owner.pk).update(name="X")
        with pytest.raises(LookOnly), connection.cursor() as cursor:
            cursor.execute("WITH gone AS (DELETE FROM identity_user RETURNING id) SELECT * FROM gone")


def test_repeated_requests_are_not_mixed_up(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    """An Idempotency-Key of the viewer spoils none of the member's, and brings out no answer of theirs."""
    sent: dict[str, Any] = {
        "data": json.dumps({"first_name": "New", "last_name": "One"}), "content_type": JSON,
        "headers": {"Idempotency-Key": "k-1"},
    }  # fmt: skip
    own = twins[0].signed_in(maya.email)

    assert watching.post("/api/v1/contacts", **sent).status_code == 403
    assert own.post("/api/v1/contacts", **sent).status_code == 201
    assert watching.post("/api/v1/contacts", **sent).status_code == 403


def test_what_is_theirs_alone_stays_closed(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    with context.inside(twins[0].place, actor=robot()):
        contact = type_contact(maya)
        for visibility in (Visibility.ALL, Visibility.PRIVATE):
            Note.objects.create(
                record_type="contacts", record_id=contact.pk, author=maya, author_name="Maya Chen",
                body=f"note {visibility}", text=f"note {visibility}", visibility=visibility,
            )  # fmt: skip

    assert [watching.get(path).status_code for path in ("/settings/profile/", "/api/v1/me/sessions")] == [403, 403]
    page = watching.get(f"/contacts/{contact.pk}/?tab=notes").content.decode()
    assert ("note all" in page, "note private" in page) == (True, False)


def type_contact(maya: User) -> Any:
    from tenants.crm.models import Contact

    return Contact.objects.get(owner=maya)


def test_not_stacked(twins: tuple[Twin, Twin], watching: Client, maya: User) -> None:
    other = a_user(twins[0], "manager")

    assert begin(watching, other).status_code == 403
    body = json.dumps({"user_id": str(other.pk)})
    assert watching.post("/api/v1/view-as", body, content_type=JSON).status_code == 403
    assert watching.get("/api/v1/me").json()["email"] == maya.email


@pytest.mark.parametrize(
    ("role", "target", "status"),
    [
        ("owner", "admin", 201), ("owner", "read-only", 201), ("admin", "manager", 201), ("admin", "owner", 403),
        ("manager", "read-only", 403), ("sales-rep", "read-only", 403), ("read-only", "owner", 403),
    ],
)  # fmt: skip
def test_who_may(twins: tuple[Twin, Twin], role: str, target: str, status: int) -> None:
    viewer = twins[0].owner() if role == "owner" else a_user(twins[0], role)
    seen = twins[0].owner() if target == "owner" else a_user(twins[0], target)
    with context.inside(twins[0].place):
        browser = client_for(viewer, twins[0].host)

    answer = browser.post("/api/v1/view-as", json.dumps({"user_id": str(seen.pk)}), content_type=JSON)

    assert answer.status_code == status, answer.content
    assert len(lines(twins[0])) == (1 if status == 201 else 0)


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"grants": {"*": ["view"], "settings": ["view_as"]}}, False),
        ({"reaches": {"deals": {"view": "team"}}}, False),
        ({"field_rules": {"deals": {"amount": "hidden"}}}, False),
        ({"field_rules": {"contacts": {"phone": "hidden"}}}, True),
        ({"field_rules": {"contacts": {"city": "read_only"}}}, False),
    ],
)
def test_nobody_gains_by_it(twins: tuple[Twin, Twin], maya: User, change: dict[str, Any], may: bool) -> None:
    """A role that was granted viewing: only as people who may nothing that it may not itself."""
    wide = {"*": ["view", "create", "edit", "delete"], "settings": ["view_as"]}
    with context.inside(twins[0].place, actor=robot()):
        Role.objects.create(**{"name": "Watcher", "slug": "watcher", "grants": wide} | change)
        browser = client_for(colleague("Wim Watch", "watcher"), twins[0].host)

    answer = browser.post("/api/v1/view-as", json.dumps({"user_id": str(maya.pk)}), content_type=JSON)

    assert answer.status_code == (201 if may else 403), answer.content


def test_keys_and_oneself_and_strangers(twins: tuple[Twin, Twin], maya: User) -> None:
    owner = twins[0].signed_in()
    with context.inside(twins[0].place, actor=robot()):
        key = create_api_key(user=twins[0].owner(), name="K", by=robot())[1]
    api = Client(headers={"host": twins[0].host, "authorization": f"Bearer {key}"})
    body = json.dumps({"user_id": str(maya.pk)})

    assert api.post("/api/v1/view-as", body, content_type=JSON).status_code == 403
    mine = json.dumps({"user_id": str(twins[0].owner().pk)})
    assert owner.post("/api/v1/view-as", mine, content_type=JSON).status_code == 409
    assert owner.post("/api/v1/view-as", json.dumps({"user_id": str(maya.pk), "minutes": 999}),
                      content_type=JSON).status_code == 422  # fmt: skip
    assert twins[1].signed_in().post("/api/v1/view-as", body, content_type=JSON).status_code == 404
    assert lines(twins[0]) == []


def test_api_says_where_one_is(twins: tuple[Twin, Twin], maya: User) -> None:
    owner = twins[0].signed_in()
    assert owner.get("/api/v1/view-as").status_code == 404
    owner.post("/api/v1/view-as", json.dumps({"user_id": str(maya.pk), "minutes": 15}), content_type=JSON)

    told = owner.get("/api/v1/view-as").json()

    assert told["user"] == {"id": str(maya.pk), "name": "Maya Chen"}
    assert told["viewer"]["name"] == str(twins[0].owner())
    assert owner.delete("/api/v1/view-as").status_code == 204
    assert owner.get("/api/v1/view-as").status_code == 404


def test_people_page_offers_it(twins: tuple[Twin, Twin], maya: User) -> None:
    owner = twins[0].signed_in()
    path = f"/settings/people/{maya.pk}/view-as/"

    assert path in owner.get("/settings/people/").content.decode()
    assert "and can change nothing" in owner.get(path, headers=HTMX).content.decode()
    assert "This is what you see already." in owner.get(
        f"/settings/people/{twins[0].owner().pk}/view-as/", headers=HTMX
    ).content.decode()  # fmt: skip
