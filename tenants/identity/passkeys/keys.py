"""Taking passkeys on and checking them, with the library of Yubico beneath."""

from typing import Any, Final, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenants.directory.tenant import Tenant
from tenants.identity.actions import audit
from tenants.identity.models import Authenticator, AuthenticatorKind, User
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid

MOST_KEYS: Final = 20
Options = tuple[dict[str, Any], dict[str, Any]]
"""What the browser is told, and what we keep until it answers."""


def server_for(tenant: Tenant) -> Fido2Server:
    """Keys are bound to the canonical host: no other can ask for them."""
    party = PublicKeyCredentialRpEntity(id=tenant.canonical_host, name=tenant.brand.product_name)
    return Fido2Server(party, verify_origin=lambda origin: _is_ours(tenant, origin))


def _is_ours(tenant: Tenant, origin: str) -> bool:
    parts = urlsplit(origin)
    return parts.scheme == settings.SCHEME and parts.hostname == tenant.canonical_host


def begin_key(tenant: Tenant, user: User) -> Options:
    """Raises Invalid when a person has more keys than anybody needs."""
    held = _held_by(user)
    if len(held) >= MOST_KEYS:
        raise Invalid({"": [_("You have %(n)d passkeys. Remove one first.") % {"n": len(held)}]})
    options, state = server_for(tenant).register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.email, display_name=str(user)),
        credentials=held,
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


@transaction.atomic
def add_key(tenant: Tenant, *, user: User, state: Any, answer: Any, name: str, by: Actor) -> Authenticator:
    """Raises Invalid."""
    try:
        found = server_for(tenant).register_complete(state, answer)
        credential = cast(AttestedCredentialData, found.credential_data)
        handle = websafe_encode(credential.credential_id)
        data = {"credential": websafe_encode(bytes(credential)), "count": found.counter, "host": tenant.canonical_host}
        label = " ".join(name.replace("\x00", "").split())[:80] or _("Passkey")
        with transaction.atomic():
            row = Authenticator.objects.create(
                user=user, kind=AuthenticatorKind.PASSKEY, name=label, handle=handle, data=data
            )
    except (ValueError, TypeError, KeyError, AttributeError, IntegrityError) as error:
        raise Invalid({"": [_("The passkey was not accepted. Try again.")]}) from error
    audit("second_factor.added", by=by, subject=user.email, kind="passkey", name=label)
    return row


def begin_check(tenant: Tenant, user: User | None = None) -> Options:
    """Ask for any key of this host, or for one of a person who waits for the second step."""
    options, state = server_for(tenant).authenticate_begin(
        credentials=_held_by(user) if user else None, user_verification=UserVerificationRequirement.REQUIRED
    )
    return dict(options), state


@transaction.atomic
def check_key(tenant: Tenant, *, state: Any, answer: Any, user: User | None = None) -> User:
    """Whose key answered. Raises Invalid; also when a counter runs backwards, which tells of a copy."""
    refused = Invalid({"": [_("The passkey was not accepted.")]})
    try:
        response = AuthenticationResponse.from_dict(answer)
        row = _row_for(websafe_encode(response.raw_id))
        if row is None or (user and row.user_id != user.pk) or not _names(response, row.user_id):
            raise refused
        server_for(tenant).authenticate_complete(state, [_credential(row)], response)
        count = response.response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refused from error
    if row.data["count"] and count <= row.data["count"]:
        audit("passkey.copied", by=row.user.actor, subject=row.user.email, name=row.name)
        raise refused
    row.data["count"], row.last_used_at = count, timezone.now()
    row.save(update_fields=["data", "last_used_at", "updated_at"])
    return row.user


def _row_for(handle: str) -> Authenticator | None:
    rows = Authenticator.objects.select_for_update(of=("self",)).select_related("user__role")
    return rows.filter(kind=AuthenticatorKind.PASSKEY, handle=handle, user__is_active=True).first()


def _names(response: AuthenticationResponse, user_id: UUID) -> bool:
    """A key that says whose it is says the same as our row."""
    told = response.response.user_handle
    return not told or told == user_id.bytes


def _held_by(user: User) -> list[AttestedCredentialData]:
    return [_credential(row) for row in Authenticator.objects.filter(user=user, kind=AuthenticatorKind.PASSKEY)]


def _credential(row: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(row.data["credential"]))
