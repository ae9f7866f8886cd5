"""OAuth 2 as Authlib speaks it, over our own rows. What is decided here is only what Authlib asks.

Nothing of it knows a company: the rows are those of the place we are in.
"""

from typing import Any, Final

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.base import invalid_error_characters
from authlib.oauth2.rfc6749 import (
    ClientMixin,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Payload,
    OAuth2Request,
    TokenMixin,
    UnauthorizedClientError,
    grants,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from tenants.directory.hosts import tenant_now
from tenants.identity.models import OAuthAccess, OAuthClient
from tenants.identity.models.oauth import ACCESS
from tenants.identity.oauth import issuing
from tenants.identity.oauth.accesses import end_family
from tenants.identity.oauth.clients import client_named, knows_secret
from tenants.identity.oauth.redirects import matches
from tenants.identity.oauth.scopes import cut_to, in_both, is_empty, scopes_in, supported, within, words_of
from tenants.identity.oauth.tokens import held

BY_SECRET: Final = ["client_secret_basic", "client_secret_post"]
ONCE: Final = (
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
    "grant_type", "code", "code_verifier", "refresh_token", "token", "token_type_hint", "client_secret",
)  # fmt: skip
PLAIN: Final = ("response_type", "client_id", "redirect_uri", "scope", "grant_type", "code_challenge_method")


class Client(ClientMixin):
    """A row of ours, as Authlib asks it."""

    def __init__(self, row: OAuthClient) -> None:
        self.row = row

    def get_client_id(self) -> str:
        return self.row.client_id

    def get_default_redirect_uri(self) -> str:
        """None: the address is always sent along."""
        return ""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Without a wish, all it may ask for. None, which is refused, for whatever it may not."""
        asked = scopes_in(scope) if scope else self.row.scopes
        return words_of(asked) if asked and within(asked, self.row.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return matches(redirect_uri, self.row.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        return knows_secret(self.row, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == self.row.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type != "client_credentials" or (self.row.acts_alone and not self.row.is_public)


class Code:
    """A consent that waits for its tokens, as Authlib asks it."""

    code_challenge_method = "S256"

    def __init__(self, row: OAuthAccess) -> None:
        self.row = row
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return words_of(in_both(self.row.consented, self.row.client.scopes))


class Token(TokenMixin):
    """An access or refresh token, as Authlib asks it."""

    def __init__(self, row: OAuthAccess, kind: str) -> None:
        self.row, self.kind = row, kind

    def check_client(self, client: Client) -> bool:
        return self.row.client_id == client.row.pk

    def get_scope(self) -> str:
        """What may be asked for at a refresh: what was agreed to, if the app may still ask for it."""
        return words_of(in_both(self.row.consented, self.row.client.scopes))

    def is_expired(self) -> bool:
        until = self.row.expires_at if self.kind == ACCESS else self.row.refresh_until
        return not self.row.user.is_active or until is None or until <= timezone.now()

    def is_revoked(self) -> bool:
        return self.row.revoked_at is not None


class Payload(OAuth2Payload):
    def __init__(self, values: Any) -> None:
        self._values = values

    @property
    def data(self) -> dict[str, str]:
        found: dict[str, str] = self._values.dict()
        return found

    @property
    def datalist(self) -> dict[str, list[str]]:
        return dict(self._values.lists())


class Request(OAuth2Request):
    """What is asked: in the address where a person comes along, in the body where a program does.

    Whether the line is encrypted is the house's business (`SECURE_SSL_REDIRECT`), and the demo speaks plain HTTP
    at *.localhost, so Authlib is not told the address.
    """

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(str(request.method), "https://here.invalid", headers=request.headers)
        is_of_person = request.path.endswith("/authorize")
        self.asked = request
        self.payload = Payload(request.GET if is_of_person else request.POST)
        _refuse_odd(self.payload)

    @property
    def form(self) -> dict[str, str]:
        return dict(self.payload.data)


def _refuse_odd(payload: Payload) -> None:
    """Raise InvalidRequestError for what is said twice, and for letters that no such word may have."""
    for name in ONCE:
        values = payload.datalist.get(name, [])
        if len(values) > 1:
            raise InvalidRequestError(f"Multiple '{name}' in request.")
        odd = invalid_error_characters(values[0]) if values and name in PLAIN else ()
        if odd or "\x00" in "".join(values):
            raise InvalidRequestError(f"There are letters in '{name}' that may not be there.")


class AlwaysChallenge(CodeChallenge):
    """PKCE with S256 from everybody, whether they have a secret or not."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        told = grant.request.payload.data
        if not told.get("code_challenge") or told.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Send a 'code_challenge' with 'code_challenge_method=S256' (PKCE).")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = [*BY_SECRET, "none"]

    def generate_authorization_code(self) -> str:
        return issuing.new_code()

    def save_authorization_code(self, code: str, request: Any) -> None:
        told = request.payload.data
        issuing.keep_code(
            code=code, client=request.client.row, user=request.user, scopes=scopes_in(request.scope) or {},
            redirect_uri=told["redirect_uri"], challenge=told["code_challenge"],
        )  # fmt: skip

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        row = issuing.code_shown(code, client.row)
        return Code(row) if row else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        issuing.use_up(authorization_code.row)

    def authenticate_user(self, authorization_code: Code) -> Any:
        return authorization_code.row.user


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = [*BY_SECRET, "none"]
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        row = issuing.refresh_shown(refresh_token)
        return Token(row, "") if row else None

    def authenticate_user(self, refresh_token: Token) -> Any:
        return refresh_token.row.user

    def revoke_old_credential(self, refresh_token: Token) -> None:
        """The new one has taken its place already."""


class AloneGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = BY_SECRET

    def validate_token_request(self) -> None:
        super().validate_token_request()
        if not self.request.client.row.maker.is_active:
            raise UnauthorizedClientError("Whoever this client works as is not here any more.")


class Revocation(RevocationEndpoint):
    CLIENT_AUTH_METHODS = [*BY_SECRET, "none"]

    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
        return _token(token_string)

    def revoke_token(self, token: Token, request: Any) -> None:
        """Either token ends the consent: who gives one back wants no more of it."""
        end_family(access=token.row, by=token.row.user.actor, why="given_back")


class Introspection(IntrospectionEndpoint):
    CLIENT_AUTH_METHODS = BY_SECRET

    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
        return _token(token_string)

    def check_permission(self, token: Token, client: Client, request: Any) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: Token) -> dict[str, Any]:
        row, is_access = token.row, token.kind == ACCESS
        until = row.expires_at if is_access else row.refresh_until
        scopes = cut_to(row.cut_to if is_access else row.consented, row.user.actor)
        return {
            "active": True, "client_id": row.client.client_id, "sub": str(row.user_id), "username": row.user.email,
            "scope": words_of(scopes), "exp": int(until.timestamp()) if until else None,
            "iat": int(row.updated_at.timestamp()), "token_type": "Bearer" if is_access else "refresh_token",
            "iss": issuer(),
        }  # fmt: skip


def _token(text: str) -> Token | None:
    row, kind = held(text, for_update=True)
    return Token(row, kind) if row else None


class Server(AuthorizationServer):
    """One for all companies: it keeps nothing between requests."""

    def __init__(self) -> None:
        super().__init__()
        self.register_token_generator("default", _promised)
        self.register_grant(CodeGrant, [AlwaysChallenge(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(AloneGrant)
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    def query_client(self, client_id: str) -> Client | None:
        row = client_named(client_id)
        return Client(row) if row else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """The texts are made with the row, which they name."""
        if request.authorization_code or request.refresh_token:
            row = (request.authorization_code or request.refresh_token).row
            token.update(issuing.issue(row, scopes_in(token["scope"]) or {}))
        else:
            token.update(issuing.issue_alone(request.client.row, scopes_in(token["scope"]) or {}))

    def create_oauth2_request(self, request: HttpRequest) -> Request:
        return Request(request)

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> HttpResponse:
        """Whatever goes back to an app says who answers (RFC 9207)."""
        response = JsonResponse(body, status=status) if isinstance(body, dict) else HttpResponse(body, status=status)
        for name, value in headers:
            response[name] = add_params_to_uri(value, [("iss", issuer())]) if name == "Location" else value
        return response

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens: actions write the audit themselves."""


def _promised(*, client: Client, scope: str | None, **_: Any) -> dict[str, Any]:
    """The frame of an answer. A client that acts alone may ask for less than it may have."""
    allowed = client.get_allowed_scope(scope)
    if not allowed or is_empty(scopes_in(allowed) or {}):
        raise InvalidScopeError()
    return {"token_type": "Bearer", "expires_in": int(issuing.ACCESS_LIFE.total_seconds()), "scope": allowed}


def issuer() -> str:
    """The address of the company we are in: tokens of another are no tokens here."""
    return tenant_now().base_url


def metadata() -> dict[str, Any]:
    """Where everything is (RFC 8414)."""
    here = issuer()
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/oauth/authorize",
        "token_endpoint": f"{here}/oauth/token",
        "revocation_endpoint": f"{here}/oauth/revoke",
        "introspection_endpoint": f"{here}/oauth/introspect",
        "scopes_supported": supported(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": [*BY_SECRET, "none"],
        "revocation_endpoint_auth_methods_supported": [*BY_SECRET, "none"],
        "introspection_endpoint_auth_methods_supported": BY_SECRET,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "service_documentation": f"{here}/api/v1/openapi.json",
    }


server = Server()
