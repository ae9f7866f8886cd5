"""OpenID Connect as a client: authorization code with PKCE, state and nonce; the id token checked in full."""

import base64
import hashlib
import secrets
from typing import Any, Final
from urllib.parse import urlencode

from django.core.cache import cache
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tenants.identity.models import SsoConnection
from tenants.identity.sso.outward import call
from tenants.identity.sso.people import Told
from tenants.kernel.errors import ProviderFailed

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures of the provider's own keys only: no shared secrets, no `none`."""
KEPT_SECONDS: Final = 3600
LEEWAY_SECONDS: Final = 60
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


def discovered(issuer: str, *, fresh: bool = False) -> dict[str, Any]:
    """What the provider publishes about itself. Raises ProviderFailed."""
    key = f"oidc:{hashlib.sha256(issuer.encode()).hexdigest()}"
    found = None if fresh else cache.get(key)
    if found is None:
        found = call("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or not all(isinstance(found.get(name), str) for name in NEEDED):
            raise ProviderFailed(_("There is no OpenID Connect provider at this address."))
        if found["issuer"].rstrip("/") != issuer.rstrip("/"):
            raise ProviderFailed(_("The provider calls itself %(name)s.") % {"name": found["issuer"][:200]})
        cache.set(key, found, KEPT_SECONDS)
    return dict(found)


def begin(connection: SsoConnection, redirect_uri: str) -> tuple[str, dict[str, str]]:
    """Where to send the browser, and what to remember until it comes back."""
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code", "client_id": connection.client_id, "redirect_uri": redirect_uri,
        "scope": "openid email profile", "state": kept["state"], "nonce": kept["nonce"],
        "code_challenge": challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    endpoint = discovered(connection.issuer)["authorization_endpoint"]
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", kept


def finish(connection: SsoConnection, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> Told:
    """Who has signed in there. Raises ProviderFailed."""
    about = discovered(connection.issuer)
    answer = call("POST", about["token_endpoint"], **_token_request(connection, about, code, redirect_uri, verifier))
    if not isinstance(answer, dict) or not isinstance(answer.get("id_token"), str):
        raise ProviderFailed(_("The identity provider gave no proof of who you are."))
    claims = checked_claims(connection, answer["id_token"], nonce=nonce)
    if not claims.get("email") or (connection.role_attribute and connection.role_attribute not in claims):
        claims = _with_userinfo(about, claims, str(answer.get("access_token", "")))
    return Told(
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_email_checked=claims.get("email_verified") in (True, "true") or claims.get("xms_edov") in (True, "1", 1),
        name=str(claims.get("name") or ""),
        attributes=claims,
    )


def _token_request(
    connection: SsoConnection, about: dict[str, Any], code: str, redirect_uri: str, verifier: str
) -> dict[str, Any]:
    """With the secret in the way the provider names first; the standard's default is the header."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier,
    }  # fmt: skip
    secret = connection.client_secret.reveal() if connection.client_secret else ""
    ways = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if secret and "client_secret_basic" in ways:
        return {"data": form, "auth": (connection.client_id, secret)}
    return {"data": form | {"client_id": connection.client_id} | ({"client_secret": secret} if secret else {})}


def checked_claims(connection: SsoConnection, token: str, *, nonce: str) -> dict[str, Any]:
    """The claims of an id token that this provider signed for us, now, for this very request. Raises ProviderFailed."""
    about = discovered(connection.issuer)
    try:
        claims = _decoded(token, about)
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": about["issuer"]},
            aud={"essential": True, "value": connection.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        rules.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderFailed(_("The proof of your identity provider does not hold.")) from error
    if claims.get("azp", connection.client_id) != connection.client_id:
        raise ProviderFailed(_("The proof of your identity provider is for somebody else."))
    return claims


def _decoded(token: str, about: dict[str, Any]) -> dict[str, Any]:
    """Checked with the provider's keys; a key we have not seen makes us look again once."""
    try:
        return dict(jwt.decode(token, _keys(about), algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError):
        return dict(jwt.decode(token, _keys(about, fresh=True), algorithms=ALGORITHMS).claims)


def _keys(about: dict[str, Any], *, fresh: bool = False) -> KeySet:
    key = f"oidc-keys:{hashlib.sha256(about['jwks_uri'].encode()).hexdigest()}"
    found = None if fresh else cache.get(key)
    if found is None:
        found = call("GET", about["jwks_uri"])
        cache.set(key, found, KEPT_SECONDS)
    return KeySet.import_key_set(found)


def _with_userinfo(about: dict[str, Any], claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    """What the id token left out, if the provider's page of the user is about the same person."""
    if not access_token or not about.get("userinfo_endpoint"):
        return claims
    more = call("GET", about["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"})
    if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
        raise ProviderFailed(_("The identity provider spoke of two different people."))
    return {**more, **claims}
