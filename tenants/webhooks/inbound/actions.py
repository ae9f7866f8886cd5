"""Addresses for webhooks in: made, changed, renewed, taken away, by whoever may change the settings."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.hosts import tenant_now
from tenants.identity.actions import audit
from tenants.identity.keys import digest_of
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.webhooks.checking import HEADER_NAME, checked_line
from tenants.webhooks.enums import SETTINGS
from tenants.webhooks.models import InboundHook

GRACE: Final = timedelta(hours=24)
"""For so long the former address is good as well."""
MOST_HOOKS: Final = 100
MOST_PER_MINUTE: Final = 1_000
SHORTEST_SECRET: Final = 8
PATH: Final = re.compile(r"[\w-]+(\.[\w-]+)*")


@dataclass(frozen=True, kw_only=True)
class HookTerms:
    """What an address is to be. `signature_secret` None leaves the secret as it is; empty takes it away."""

    name: str
    signature_header: str = ""
    signature_secret: str | None = field(default=None, repr=False)
    id_header: str = ""
    id_path: str = ""
    per_minute: int = 120
    is_active: bool = True


@transaction.atomic
def create_hook(*, terms: HookTerms, by: Actor) -> tuple[InboundHook, str]:
    """A hook and its address, shown this once. Raises Denied, Invalid."""
    _require(by)
    if InboundHook.objects.count() >= MOST_HOOKS:
        raise Invalid({"name": [_("A company has at most %(most)d addresses.") % {"most": MOST_HOOKS}]})
    hook, token = InboundHook(), _new_token()
    _fill(hook, terms)
    hook.digest, hook.hint = digest_of(token), token[-4:]
    hook.save(force_insert=True)
    audit("inbound_hook.created", by=by, subject=hook.name, after=told(hook))
    return hook, url_of(token)


@transaction.atomic
def update_hook(*, hook: InboundHook, terms: HookTerms, by: Actor) -> InboundHook:
    """Raises Denied, Invalid."""
    _require(by)
    found = InboundHook.objects.select_for_update().get(pk=hook.pk)
    before = told(found)
    _fill(found, terms)
    found.save()
    after = told(found)
    moved = [name for name in after if before[name] != after[name]]
    if moved or terms.signature_secret is not None:
        was, now = ({name: one[name] for name in moved} for one in (before, after))
        audit("inbound_hook.changed", by=by, subject=found.name, before=was, after=now)
    return found


@transaction.atomic
def rotate_token(*, hook: InboundHook, by: Actor) -> str:
    """A new address, shown this once; the one before is good for a day. Raises Denied."""
    _require(by)
    found, token = InboundHook.objects.select_for_update().get(pk=hook.pk), _new_token()
    found.former_digest, found.former_until = found.digest, timezone.now() + GRACE
    found.digest, found.hint = digest_of(token), token[-4:]
    found.save(update_fields=["digest", "hint", "former_digest", "former_until", "updated_at"])
    audit("inbound_hook.rotated", by=by, subject=found.name, former_until=found.former_until)
    return url_of(token)


@transaction.atomic
def delete_hook(*, hook: InboundHook, by: Actor) -> None:
    """Its address answers 404 from now on; what came in goes with it. Raises Denied."""
    _require(by)
    audit("inbound_hook.deleted", by=by, subject=hook.name, before=told(hook))
    hook.delete()


def url_of(token: str) -> str:
    return f"{tenant_now().base_url}/hooks/in/{token}/"


def told(hook: InboundHook) -> dict[str, Any]:
    names = ("name", "signature_header", "id_header", "id_path", "per_minute", "is_active")
    return {name: getattr(hook, name) for name in names} | {"is_signed": bool(hook.signature_secret)}


def hook_terms_of(hook: InboundHook, **changed: Any) -> HookTerms:
    names = ("name", "signature_header", "id_header", "id_path", "per_minute", "is_active")
    return HookTerms(**{name: getattr(hook, name) for name in names} | changed)


def _require(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change addresses for webhooks."))


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _fill(hook: InboundHook, terms: HookTerms) -> None:
    hook.name = checked_line(terms.name, "name", 80)
    hook.signature_header = _header(terms.signature_header, "signature_header")
    if terms.signature_secret is not None:
        hook.signature_secret = _secret(terms.signature_secret)
    if bool(hook.signature_header) != bool(hook.signature_secret):
        raise Invalid({"signature_header": [_("Give both the header of the signature and its secret, or neither.")]})
    hook.id_header, hook.id_path = _header(terms.id_header, "id_header"), terms.id_path.strip()
    if hook.id_path and (len(hook.id_path) > 120 or not PATH.fullmatch(hook.id_path)):
        raise Invalid({"id_path": [_("Write the way to the id in the body, like event.id.")]})
    if not 1 <= terms.per_minute <= MOST_PER_MINUTE:
        raise Invalid({"per_minute": [_("Choose 1 to %(most)d.") % {"most": MOST_PER_MINUTE}]})
    hook.per_minute, hook.is_active = terms.per_minute, bool(terms.is_active)


def _header(text: str, name: str) -> str:
    found = text.strip()
    if found and not HEADER_NAME.fullmatch(found):
        raise Invalid({name: [_("Write the name of a header, like X-Signature.")]})
    return found


def _secret(text: str) -> str:
    found = text.strip()
    if found and not SHORTEST_SECRET <= len(found) <= 500:
        raise Invalid(
            {"signature_secret": [_("A secret has %(least)d to 500 characters.") % {"least": SHORTEST_SECRET}]}
        )
    return found
