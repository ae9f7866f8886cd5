"""An app with Authlib's client, a person's browser, and the way between them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client

from tenants.directory.hosts import tenant_now
from tenants.identity.models import OAuthClient, User
from tenants.identity.oauth.clients import create_client
from tests.factories import Twin, client_for
from tests.identity.conftest import a_user

BACK = "https://sync.example/back"
SCOPES = {"contacts": ["view", "edit"], "deals": ["view"]}
WORDS = "contacts:edit contacts:view deals:view"


def application(environ: Any, start_response: Any) -> list[bytes]:
    """The real WSGI application, in the test's transaction as Django's test client runs it."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    answer: Any = get_wsgi_application()(environ, start_response)
    body = b"".join(answer)
    answer.close()
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)
    return [body]


@dataclass
class App:
    """A program of others, connected to a company."""

    twin: Twin
    row: OAuthClient
    secret: str
    verifier: str = ""

    @property
    def base(self) -> str:
        return tenant_now().base_url

    def reaches(self, token: str, *types: str) -> list[int]:
        return [self.api(token, f"/api/v1/{name}") for name in types]

    def program(self, token: Any = None, **more: Any) -> OAuth2Client:
        """The real client library, speaking HTTP to the real WSGI application in this thread."""
        method = "none" if self.row.is_public else "client_secret_basic"
        transport = httpx.WSGITransport(app=application)
        values = {"token_endpoint_auth_method": method, "code_challenge_method": "S256", "redirect_uri": BACK} | more
        return OAuth2Client(self.row.client_id, self.secret or None, token=token, transport=transport, **values)

    def asks(self, **changed: Any) -> str:
        """The path that a person is sent to; None takes a parameter away."""
        self.verifier = generate_token(64)
        told = {
            "response_type": "code", "client_id": self.row.client_id, "redirect_uri": BACK, "scope": WORDS,
            "state": "st&te=1", "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        kept = {name: value for name, value in (told | changed).items() if value is not None}
        return f"/oauth/authorize?{urlencode(kept, doseq=True)}"

    def exchange(self, code: str, **changed: Any) -> httpx.Response:
        """Code for tokens, by hand, so that it can be done wrongly."""
        told = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "code_verifier": self.verifier,
        }  # fmt: skip
        return self.posts("token", told | changed)

    def posts(self, where: str, told: dict[str, Any]) -> httpx.Response:
        auth = (self.row.client_id, self.secret) if self.secret else None
        told = {name: value for name, value in told.items() if value is not None}
        data = told if auth else told | {"client_id": self.row.client_id}
        with httpx.Client(transport=httpx.WSGITransport(app=application)) as http:
            return http.post(f"{self.base}/oauth/{where}", data=data, auth=auth)

    def api(self, token: str, path: str = "/api/v1/contacts", twin: Twin | None = None) -> int:
        client = Client(headers={"host": (twin or self.twin).host, "authorization": f"Bearer {token}"})
        return client.get(path).status_code


def told_in(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def allowed(browser: Client, path: str) -> dict[str, str]:
    """What comes back to the app when the person agrees."""
    answer = browser.post(path, {"decision": "allow"})
    assert answer.status_code == 302, answer.content.decode()
    return told_in(answer["Location"])


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' hosts speak plain HTTP, which the client library else refuses."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def connect(company: Twin) -> Callable[..., App]:
    def make(twin: Twin = company, **more: Any) -> App:
        by = twin.owner().actor
        values: dict[str, Any] = {"name": "Acme Sync", "scopes": SCOPES, "redirect_uris": [BACK]}
        return App(twin, *create_client(**(values | more), by=by))

    return make


@pytest.fixture
def app(connect: Callable[..., App]) -> App:
    return connect()


@pytest.fixture
def rep(company: Twin) -> User:
    return a_user(company, "sales-rep")


@pytest.fixture
def person(company: Twin, rep: User) -> Client:
    """The browser of a sales rep."""
    return client_for(rep, company.host)


@pytest.fixture
def tokens(app: App, person: Client) -> dict[str, Any]:
    """What the app has got for the sales rep."""
    answer = app.exchange(allowed(person, app.asks())["code"])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
