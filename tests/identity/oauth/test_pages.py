"""Pages and API: consent, connected apps, one's own apps and tokens."""

import json
from typing import Any

import pytest
from django.test import Client

from tenants.identity.models import ApiKey, AuditEntry, OAuthAccess, OAuthClient, User
from tenants.kernel import context
from tests.factories import Twin, client_for
from tests.identity.conftest import a_user
from tests.identity.oauth.conftest import BACK, SCOPES, App, allowed, told_in

JSON = "application/json"


def text_of(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_consent_says_who_what_and_where(app: App, person: Client, rep: User) -> None:
    answer = person.get(app.asks())

    text = text_of(answer)
    for words in ("Let Acme Sync work for you?", rep.name, "Contacts", "see, change", "sync.example", "Allow"):
        assert words in text
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert "form-action 'self' https://sync.example" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_only_allow_allows(app: App, person: Client) -> None:
    for sent in ({}, {"decision": "deny"}, {"decision": "x"}):
        told = told_in(person.post(app.asks(), sent)["Location"])
        assert (told["error"], told["state"], told["iss"]) == ("access_denied", "st&te=1", app.base)

    assert not OAuthAccess.objects.exists()
    assert AuditEntry.objects.filter(action="oauth.denied").count() == 3


def test_consent_needs_the_token_of_the_form(app: App, person: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": app.twin.host})
    strict.cookies = person.cookies

    assert strict.post(app.asks(), {"decision": "allow"}).status_code == 403


def test_consent_is_remembered_and_asked_anew_for_more(app: App, person: Client, tokens: dict[str, Any]) -> None:
    same, less = person.get(app.asks()), person.get(app.asks(scope="deals:view"))

    assert [("code" in told_in(one["Location"])) for one in (same, less)] == [True, True]
    app.row.scopes = SCOPES | {"deals": ["edit", "view"]}
    app.row.save()
    assert person.get(app.asks(scope="deals:edit")).status_code == 200
    person.post(f"/settings/profile/access/apps/{app.row.pk}/end/")
    assert person.get(app.asks()).status_code == 200


def test_app_on_a_device_is_asked_for_each_time(connect: Any, person: Client) -> None:
    app = connect(is_public=True, redirect_uris=["com.example.sync:/back"])
    path = app.asks(redirect_uri="com.example.sync:/back")
    code = allowed(person, path)["code"]
    assert app.exchange(code, redirect_uri="com.example.sync:/back").status_code == 200

    answer = person.get(path)

    assert answer.status_code == 200
    assert "another could pose as it" in text_of(answer)


def test_who_comes_from_signing_in_clicks_once_more(app: App, person: Client, tokens: dict[str, Any]) -> None:
    answer = person.get(app.asks(), headers={"referer": f"http://{app.twin.host}/sign-in/"})

    assert answer.status_code == 200
    assert "Location" not in answer
    assert 'href="https://sync.example/back?code=' in text_of(answer)


def test_app_is_connected_on_the_page_and_its_secret_shown_once(company: Twin, owner: Client) -> None:
    sent = {
        "name": "Acme Sync", "kind": "web", "redirect_uris": f"{BACK}\nhttp://127.0.0.1/x",
        "scopes": ["contacts:view", "settings:view"],
    }  # fmt: skip

    made = text_of(owner.post("/settings/apps/new/", sent))

    row = OAuthClient.objects.get()
    assert (row.redirect_uris, row.scopes) == (
        [BACK, "http://127.0.0.1/x"],
        {"contacts": ["view"], "settings": ["view"]},
    )
    assert "ocs_" in made
    assert row.client_id in made
    pages = [text_of(owner.get(path)) for path in ("/settings/apps/", f"/settings/apps/{row.pk}/")]
    assert ["Acme Sync" in page for page in pages] == [True, True]
    assert [("ocs_" in page or row.digest in page) for page in pages] == [False, False]
    again = owner.post(f"/settings/apps/{row.pk}/secret/")
    assert "ocs_" in text_of(again)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"redirect_uris": ""}, "redirect_uris"),
        ({"redirect_uris": "http://sync.example/back"}, "redirect_uris"),
        ({"redirect_uris": "https://*.example/back"}, "redirect_uris"),
        ({"redirect_uris": "https://sync.example/back#x"}, "redirect_uris"),
        ({"redirect_uris": "https://a@sync.example/back"}, "redirect_uris"),
        ({"redirect_uris": "javascript:alert(1)"}, "redirect_uris"),
        ({"redirect_uris": "com.example.app:/back"}, "redirect_uris"),
        ({"redirect_uris": "https://[x"}, "redirect_uris"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["rockets:view"]}, "scopes"),
        ({"kind": "public", "acts_alone": "on"}, "acts_alone"),
    ],
)
def test_wrong_apps_are_refused_by_name_of_the_field(owner: Client, company: Twin, changed: Any, field: str) -> None:
    sent = {"name": "Acme", "kind": "web", "redirect_uris": BACK, "scopes": ["contacts:view"]}

    answer = owner.post("/settings/apps/new/", sent | changed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not OAuthClient.objects.exists()


def test_edit_keeps_its_maker_unless_it_says_anew_what_it_may(company: Twin, app: App) -> None:
    admin = a_user(company, "admin")
    browser = client_for(admin, company.host)
    path = f"/settings/apps/{app.row.pk}/edit/"
    ticked = ["contacts:view", "contacts:edit", "deals:view"]
    maker = app.row.maker_id

    assert browser.get(path).status_code == 200
    browser.post(path, {"name": "New name", "redirect_uris": BACK, "scopes": ticked})
    app.row.refresh_from_db()
    assert (app.row.name, app.row.maker_id) == ("New name", maker)
    browser.post(path, {"name": "New name", "redirect_uris": BACK, "scopes": ticked[:1]})
    app.row.refresh_from_db()
    assert (app.row.scopes, app.row.maker_id) == ({"contacts": ["view"], "settings": []}, admin.pk)


def test_administrator_sees_who_connected_it_and_cuts_off(
    owner: Client, app: App, tokens: dict[str, Any], rep: User
) -> None:
    assert rep.email in text_of(owner.get(f"/settings/apps/{app.row.pk}/"))

    owner.post(f"/settings/apps/{app.row.pk}/people/{rep.pk}/end/")

    assert app.api(tokens["access_token"]) == 401
    assert owner.post(f"/settings/apps/{app.row.pk}/people/{rep.pk}/end/").status_code == 404
    assert "Nobody so far." in text_of(owner.get(f"/settings/apps/{app.row.pk}/"))


def test_reps_see_no_apps_of_the_company(person: Client, app: App) -> None:
    paths = ("/settings/apps/", "/settings/apps/new/", f"/settings/apps/{app.row.pk}/", "/api/v1/apps")

    assert [person.get(path).status_code for path in paths] == [403] * 4
    assert person.post(f"/settings/apps/{app.row.pk}/delete/").status_code == 403


def test_own_apps_and_tokens_stand_in_the_profile(person: Client, app: App, tokens: dict[str, Any]) -> None:
    assert "/settings/profile/access/" in text_of(person.get("/settings/profile/"))
    sent = {"name": "My sheet", "days": "30", "scopes": ["contacts:view"]}

    made = text_of(person.post("/settings/profile/access/tokens/new/", sent))

    token = ApiKey.objects.get(is_personal=True)
    assert f"{token.prefix}." in made
    page = text_of(person.get("/settings/profile/access/"))
    assert ["Acme Sync" in page, "My sheet" in page, f"{token.prefix}." in page] == [True, True, False]
    assert person.post(f"/settings/profile/access/tokens/{token.pk}/end/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_lists_ask_as_much_for_three_as_for_one(
    connect: Any, owner: Client, company: Twin, django_assert_num_queries: Any
) -> None:
    def asked(path: str) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            assert owner.get(path).status_code == 200
        return len(found)

    def one_more(name: str) -> None:
        app = connect(name=name)
        app.exchange(allowed(owner, app.asks())["code"])

    paths = ("/settings/apps/", "/settings/profile/access/", "/api/v1/apps", "/api/v1/me/apps", "/api/v1/me/tokens")
    one_more("One")
    once = [asked(path) for path in paths]
    one_more("Two")
    one_more("Three")

    assert [asked(path) for path in paths] == once


def test_apps_over_the_api(owner: Client, company: Twin, rep: User, person: Client) -> None:
    body = {"name": "Acme", "redirect_uris": [BACK], "scopes": SCOPES}

    made = owner.post("/api/v1/apps", json.dumps(body), content_type=JSON)

    assert made.status_code == 201, made.content
    found = made.json()
    app = App(company, OAuthClient.objects.get(pk=found["id"]), found["client_secret"])
    tokens = app.exchange(allowed(person, app.asks())["code"]).json()
    path = f"/api/v1/apps/{found['id']}"
    assert "client_secret" not in owner.get(path).json()
    assert [one["email"] for one in owner.get(f"{path}/people").json()["items"]] == [rep.email]
    assert [one["name"] for one in person.get("/api/v1/me/apps").json()["items"]] == ["Acme"]
    assert owner.patch(path, json.dumps({"name": "Acme 2"}), content_type=JSON).json()["name"] == "Acme 2"
    assert owner.post(f"{path}/secret").status_code == 201
    assert owner.delete(f"{path}/people/{rep.pk}").status_code == 204
    assert app.api(tokens["access_token"]) == 401
    assert person.delete(f"/api/v1/me/apps/{found['id']}").status_code == 404
    assert [owner.delete(path).status_code, owner.get(path).status_code] == [204, 404]


def test_personal_token_works_as_the_person_and_never_in_the_settings(company: Twin, owner: Client) -> None:
    body = {"name": "Sheet", "scopes": {"*": ["view", "edit"]}, "days": 7}

    made = owner.post("/api/v1/me/tokens", json.dumps(body), content_type=JSON)

    assert made.status_code == 201, made.content
    program = Client(headers={"host": company.host, "authorization": f"Bearer {made.json()['secret']}"})
    paths = ("contacts", "users", "audit", "api-keys", "apps")
    assert [program.get(f"/api/v1/{path}").status_code for path in paths] == [200, 403, 403, 403, 403]
    refused = owner.post("/api/v1/me/tokens", json.dumps(body | {"scopes": {"settings": ["view"]}}), content_type=JSON)
    assert refused.status_code == 422
    changed = program.patch(
        f"/api/v1/contacts/{company.contact_id}", json.dumps({"last_name": "Iyer"}), content_type=JSON
    )
    assert changed.status_code == 200
    from tenants.records.models import Change

    change = Change.objects.filter(record_id=company.contact_id).latest("created_at")
    assert change.actor_name.endswith(" through Sheet")
    actions = list(AuditEntry.objects.filter(action__startswith="personal_token.").values_list("action", flat=True))
    assert sorted(actions) == ["personal_token.created", "personal_token.used"]
    token_id = made.json()["id"]
    assert owner.post(f"/api/v1/me/tokens/{token_id}/revocation").status_code == 204
    assert program.get("/api/v1/contacts").status_code == 401


def test_personal_tokens_are_ones_own(company: Twin, owner: Client, person: Client) -> None:
    body = {"name": "Sheet", "scopes": {"contacts": ["view"]}}
    token_id = owner.post("/api/v1/me/tokens", json.dumps(body), content_type=JSON).json()["id"]

    assert person.post(f"/api/v1/me/tokens/{token_id}/revocation").status_code == 404
    assert person.get("/api/v1/me/tokens").json() == {"items": []}
    more = body | {"scopes": {"contacts": ["delete"]}}
    assert person.post("/api/v1/me/tokens", json.dumps(more), content_type=JSON).status_code == 422
    assert context.place() == company.place
