"""Connected apps: put in, changed and taken away by whoever may change the settings."""

import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.identity.keys import checked_scopes, digest_of
from tenants.identity.models import OAuthClient
from tenants.identity.oauth.redirects import checked_redirects
from tenants.identity.oauth.scopes import sealed
from tenants.kernel.actors import Actor, Scopes
from tenants.kernel.errors import Denied, Invalid, NotFound

GRACE: Final = timedelta(hours=24)
"""For so long the former secret is good as well, while programs are changed to the new one."""
SECRET: Final = "ocs_"  # noqa: S105 - what secrets begin with


@transaction.atomic
def create_client(
    *, name: str, by: Actor, scopes: Scopes, redirect_uris: list[str] | None = None, about: str = "",
    website: str = "", is_public: bool = False, acts_alone: bool = False,
) -> tuple[OAuthClient, str]:  # fmt: skip
    """A client and its secret, shown this once; a public one has none. Raises Denied, Invalid."""
    _require(by, in_person=True)
    client = OAuthClient(is_public=is_public)
    values = {"name": name, "about": about, "website": website, "acts_alone": acts_alone}
    _fill(client, values | {"redirect_uris": redirect_uris or [], "scopes": scopes}, by)
    secret = "" if is_public else SECRET + secrets.token_urlsafe(32)
    client.digest = digest_of(secret) if secret else ""
    client.save(force_insert=True)
    audit("oauth.client_created", by=by, subject=client.name, **_told(client))
    return client, secret


@transaction.atomic
def update_client(*, client: OAuthClient, values: dict[str, Any], by: Actor) -> OAuthClient:
    """Change some of what is known of it; whether it is public stays. Raises Denied, Invalid.

    Tokens there are lose at once what is no longer allowed. Whoever says anew what it may is its maker from then on.
    """
    _require(by, in_person=True)
    found = OAuthClient.objects.select_for_update().get(pk=client.pk)
    kept = {name: getattr(found, name) for name in ("name", "about", "website", "acts_alone", "redirect_uris")}
    scopes = values.pop("scopes", found.scopes)
    if _tidied(scopes) != _tidied(found.scopes) or (values.get("acts_alone") and not found.acts_alone):
        values["scopes"] = scopes
    _fill(found, kept | values, by)
    found.save()
    audit("oauth.client_changed", by=by, subject=found.name, **_told(found))
    return found


def _tidied(scopes: Scopes) -> dict[str, list[str]]:
    return {name: sorted(set(verbs)) for name, verbs in scopes.items() if verbs}


@transaction.atomic
def rotate_secret(*, client: OAuthClient, by: Actor) -> str:
    """A new secret, shown this once; the one before stays good for a day. Raises Denied, Invalid."""
    _require(by, in_person=True)
    found = OAuthClient.objects.select_for_update().get(pk=client.pk)
    if found.is_public:
        raise Invalid({"client": [_("A public app has no secret.")]})
    secret = SECRET + secrets.token_urlsafe(32)
    found.former_digest, found.former_until = found.digest, timezone.now() + GRACE
    found.digest = digest_of(secret)
    found.save(update_fields=["digest", "former_digest", "former_until", "updated_at"])
    audit("oauth.secret_rotated", by=by, subject=found.name, client=found.client_id, former_until=found.former_until)
    return secret


@transaction.atomic
def delete_client(*, client: OAuthClient, by: Actor) -> None:
    """With it all its tokens are dead. Raises Denied."""
    _require(by)
    audit("oauth.client_deleted", by=by, subject=client.name, client=client.client_id)
    client.delete()


def client_by_id(client_id: UUID) -> OAuthClient:
    found = OAuthClient.objects.select_related("maker__role").filter(pk=client_id).first()
    if not found:
        raise NotFound
    return found


def client_named(client_id: str) -> OAuthClient | None:
    """By what a program says of itself."""
    try:
        return OAuthClient.objects.select_related("maker__role").filter(pk=UUID(hex=client_id)).first()
    except ValueError:
        return None


def knows_secret(client: OAuthClient, secret: str) -> bool:
    """Compared in constant time; during the grace the former one counts too."""
    told, digests = digest_of(secret), [client.digest]
    if client.former_until and client.former_until > timezone.now():
        digests.append(client.former_digest)
    return any([secrets.compare_digest(one, told) for one in digests if one])


def _fill(client: OAuthClient, values: dict[str, Any], by: Actor) -> None:
    client.name = _line(values["name"], "name", 80)
    if not client.name:
        raise Invalid({"name": [_("Name the app as people know it.")]})
    client.about, client.website = _line(values["about"], "about", 200), _website(values["website"])
    client.acts_alone = bool(values["acts_alone"])
    if client.acts_alone and client.is_public:
        raise Invalid({"acts_alone": [_("A public app cannot act alone: it has no secret to prove itself with.")]})
    client.redirect_uris = checked_redirects(
        values["redirect_uris"], is_public=client.is_public, is_needed=not client.acts_alone
    )
    if "scopes" in values:
        client.scopes = sealed(checked_scopes(_tidied(values["scopes"]), by=by) or {})
        # It may never more than the one who says what it may, so that is whose rights it acts with.
        client.maker_id = by.user_id or client.maker_id


def _line(text: str, field: str, most: int) -> str:
    found = " ".join(str(text).replace("\x00", "").split())
    if len(found) > most:
        raise Invalid({field: [_("At most %(most)d characters.") % {"most": most}]})
    return found


def _website(text: str) -> str:
    found = _line(text, "website", 300)
    try:
        parts = urlsplit(found)
    except ValueError:
        parts = urlsplit("x:")
    if found and (parts.scheme not in ("https", "http") or not parts.hostname):
        raise Invalid({"website": [_("Write an address that begins with https://, or nothing.")]})
    return found


def _told(client: OAuthClient) -> dict[str, Any]:
    names = ("scopes", "redirect_uris", "is_public", "acts_alone")
    return {"client": client.client_id, **{name: getattr(client, name) for name in names}}


def _require(by: Actor, *, in_person: bool = False) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change which apps are connected."))
    if in_person and (by.scopes is not None or not by.user_id):
        raise Denied(_("A key or an app connects no others: a person does, signed in."))
