"""The whole way with a real client library: code with PKCE, API, refresh, introspection, revocation."""

from typing import Any

import pytest
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from django.test import Client

from tenants.crm.models import Contact
from tenants.identity.models import AuditEntry, OAuthAccess, User
from tenants.records.models import Change
from tests.identity.oauth.conftest import BACK, SCOPES, WORDS, App, allowed, told_in


@pytest.mark.parametrize("is_public", [False, True])
def test_client_library_walks_all_the_way(connect: Any, person: Client, is_public: bool) -> None:
    app = connect(is_public=is_public)
    program = app.program(scope=WORDS)
    about = program.request("GET", f"{app.base}/.well-known/oauth-authorization-server", withhold_token=True).json()
    verifier = "v" * 50
    url, state = program.create_authorization_url(about["authorization_endpoint"], code_verifier=verifier)

    answer = person.post(url.removeprefix(app.base), {"decision": "allow"})
    program.fetch_token(
        about["token_endpoint"], authorization_response=answer["Location"], state=state, code_verifier=verifier
    )
    first = dict(program.token)
    assert program.get(f"{app.base}/api/v1/contacts").status_code == 200
    program.refresh_token(about["token_endpoint"], refresh_token=first["refresh_token"])
    second = dict(program.token)
    assert program.get(f"{app.base}/api/v1/contacts").status_code == 200
    ended = program.revoke_token(about["revocation_endpoint"], token=second["refresh_token"])

    assert told_in(answer["Location"])["iss"] == about["issuer"] == app.base
    assert {"token_type": "Bearer", "expires_in": 3600, "scope": WORDS}.items() <= first.items()
    assert first["access_token"] != second["access_token"]
    assert first["refresh_token"] != second["refresh_token"]
    assert ended.status_code == 200
    assert [app.api(one["access_token"]) for one in (first, second)] == [401, 401]


def test_program_that_acts_alone_has_its_makers_rights_cut_to_its_scopes(connect: Any) -> None:
    app = connect(acts_alone=True, redirect_uris=[])
    program = app.program()

    token = program.fetch_token(f"{app.base}/oauth/token", grant_type="client_credentials")
    less = program.fetch_token(f"{app.base}/oauth/token", grant_type="client_credentials", scope="deals:view")

    assert "refresh_token" not in token
    assert (token["scope"], less["scope"]) == (WORDS, "deals:view")
    assert app.reaches(token["access_token"], "contacts", "deals", "users") == [
        200,
        200,
        403,
    ]
    assert app.reaches(less["access_token"], "contacts", "deals") == [403, 200]


def test_nothing_that_is_kept_lets_one_act(app: App, tokens: dict[str, Any]) -> None:
    kept = " ".join(str(vars(row)) for row in [*OAuthAccess.objects.all(), app.row])

    texts = [tokens["access_token"], tokens["refresh_token"], app.secret]
    assert [text for text in texts if text.rpartition(".")[2] in kept] == []


def test_history_and_audit_name_person_and_app(company: Any, app: App, tokens: dict[str, Any]) -> None:
    headers = {"host": company.host, "authorization": f"Bearer {tokens['access_token']}"}
    path = f"/api/v1/contacts/{company.contact_id}"
    Contact.objects.filter(pk=company.contact_id).update(owner=User.objects.get(email="sales-rep@people.example"))

    answer = Client(headers=headers).patch(path, '{"last_name": "Iyer"}', content_type="application/json")

    assert answer.status_code == 200, answer.content
    change = Change.objects.filter(record_id=company.contact_id).latest("created_at")
    assert change.actor_name == "Sales-Rep Person through Acme Sync"
    assert change.user_id == User.objects.get(email="sales-rep@people.example").pk
    actions = AuditEntry.objects.filter(action__startswith="oauth.").order_by("number").values_list("action", flat=True)
    assert list(actions) == ["oauth.client_created", "oauth.allowed", "oauth.used"]


def test_introspection_is_for_the_client_itself(connect: Any, app: App, tokens: dict[str, Any], rep: User) -> None:
    other = connect(name="Other")
    public = connect(name="Public", is_public=True)

    own = app.posts("introspect", {"token": tokens["access_token"]}).json()

    assert {name: own[name] for name in ("active", "client_id", "username", "scope", "token_type", "iss")} == {
        "active": True, "client_id": app.row.client_id, "username": rep.email, "scope": WORDS,
        "token_type": "Bearer", "iss": app.base,
    }  # fmt: skip
    assert app.posts("introspect", {"token": tokens["refresh_token"]}).json()["active"] is True
    assert app.posts("introspect", {"token": "oa_nonsense.x"}).json() == {"active": False}
    assert other.posts("introspect", {"token": tokens["access_token"]}).json() == {"active": False}
    assert public.posts("introspect", {"token": tokens["access_token"]}).status_code == 401


def test_metadata_is_what_the_standard_asks_for(app: App, client: Client) -> None:
    answer = client.get("/.well-known/oauth-authorization-server")

    AuthorizationServerMetadata(answer.json()).validate()
    assert answer.json()["code_challenge_methods_supported"] == ["S256"]
    assert "contacts:view" in answer.json()["scopes_supported"]


def test_device_app_may_use_any_port_of_its_machine(connect: Any, person: Client) -> None:
    app = connect(is_public=True, redirect_uris=["http://127.0.0.1/back"])
    uri = "http://127.0.0.1:49152/back"

    told = allowed(person, app.asks(redirect_uri=uri))

    assert app.exchange(told["code"], redirect_uri="http://127.0.0.1:49153/back").json()["error"] == "invalid_grant"
    assert app.exchange(told["code"], redirect_uri=uri).status_code == 200


def test_tokens_carry_back_the_state_to_the_letter(app: App, person: Client) -> None:
    assert allowed(person, app.asks())["state"] == "st&te=1"
    assert person.post(app.asks(), {"decision": "deny"})["Location"].startswith(f"{BACK}?")
    assert SCOPES["deals"] == ["view"]
