"""Writes about phone accounts and people's own numbers."""

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.identity.actions import audit
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.queries import require
from tenants.voice import credentials as vault
from tenants.voice import rules
from tenants.voice.models import AgentPhone, TelephonyAccount
from tenants.voice.providers import PROVIDERS, adapter
from tenants.voice.providers.sandbox import Sandbox, credentials_for


@transaction.atomic
def add_sandbox() -> TelephonyAccount:
    """The practice line, as the default where there is none yet."""
    found = TelephonyAccount.objects.filter(provider=Sandbox.name).first()
    if found:
        return found
    credentials = credentials_for(str(context.company_id()))
    return TelephonyAccount.objects.create(
        provider=Sandbox.name,
        name=str(Sandbox.label),
        credentials=vault.as_text(credentials),
        caller_id=credentials["caller_id"],
        hook_token=secrets.token_urlsafe(32),
        enforce_hours=PROVIDERS[Sandbox.name].can.is_real,
        is_default=not TelephonyAccount.objects.filter(is_default=True).exists(),
    )


@transaction.atomic
def use_sandbox(*, by: Actor) -> TelephonyAccount:
    """Make the practice line the line calls go through. Raises Denied, Invalid where there is none."""
    require(by, "edit", "settings")
    if not settings.SANDBOX_URL:
        raise Invalid({"provider": [_("The practice line is switched off on this server.")]})
    account = add_sandbox()
    _make_default(account)
    audit("telephony.chosen", by=by, subject=account.provider)
    return account


def _make_default(account: TelephonyAccount) -> None:
    TelephonyAccount.objects.filter(is_default=True).exclude(pk=account.pk).update(is_default=False)
    TelephonyAccount.objects.filter(pk=account.pk).update(is_default=True)


def connect(*, provider: str, credentials: Mapping[str, str], by: Actor) -> str:
    """Try credentials as typed, keep them encrypted if they work, and call through them from now on.

    A secret left empty stays what it was. Gives the provider's words about the account.
    Raises Denied, Invalid, ProviderFailed.
    """
    require(by, "edit", "settings")
    if provider in PROVIDERS:
        vault.check_may_ring(provider)
    found = TelephonyAccount.objects.filter(provider=provider).first()
    checked = checked_credentials(provider, credentials, kept=vault.opened(found) if found else {})
    words = adapter(provider, checked).check_connection()
    _keep(provider, checked, by)
    return words


@transaction.atomic
def _keep(provider: str, credentials: Mapping[str, str], by: Actor) -> None:
    account = TelephonyAccount.objects.select_for_update().filter(provider=provider).first()
    account = account or TelephonyAccount(provider=provider, hook_token=secrets.token_urlsafe(32))
    account.name = str(PROVIDERS[provider].label)
    account.credentials = vault.as_text(credentials)
    account.caller_id = credentials.get("caller_id", "")
    account.enforce_hours = PROVIDERS[provider].can.is_real
    account.save()
    _make_default(account)
    audit("telephony.connected", by=by, subject=provider)


@transaction.atomic
def disconnect(*, provider: str, by: Actor) -> None:
    """Forget a provider's credentials. Its calls stay, without a line to ring through. Raises Denied."""
    require(by, "edit", "settings")
    if TelephonyAccount.objects.filter(provider=provider).delete()[0]:
        audit("telephony.removed", by=by, subject=provider)


def checked_credentials(
    provider: str, credentials: Mapping[str, str], *, kept: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Every field of the provider's form; of empty secrets what is kept. Raises Invalid, naming what is missing."""
    if provider not in PROVIDERS:
        raise Invalid({"provider": [_("Choose one of: %(known)s.") % {"known": ", ".join(PROVIDERS)}]})
    fields = PROVIDERS[provider].fields
    found = {field.name: credentials.get(field.name, "").strip() for field in fields}
    found |= {one.name: (kept or {}).get(one.name, "") for one in fields if one.is_secret and not found[one.name]}
    errors = {name: [_("Fill this in.")] for name, value in found.items() if not value}
    for field in fields:
        if field.choices and found[field.name] not in dict(field.choices):
            errors[field.name] = [_("Choose one of the list.")]
    if errors:
        raise Invalid(errors)
    return found | ({"caller_id": _number(found["caller_id"], "caller_id")} if "caller_id" in found else {})


def _number(text: str, field: str) -> str:
    """In the form all providers take. Raises Invalid, naming the field."""
    try:
        return rules.e164(text)
    except Invalid as error:
        raise Invalid({field: error.errors["to"]}) from error


@transaction.atomic
def set_own_phone(*, number: str, by: Actor) -> str:
    """The number where the caller's own phone rings; empty takes it away. Raises Invalid."""
    if not by.user_id:
        raise Denied(_("Only a person has a phone."))
    if not number.strip():
        AgentPhone.objects.filter(user_id=by.user_id).delete()
        return ""
    checked = _number(number, "number")
    AgentPhone.objects.update_or_create(user_id=by.user_id, defaults={"number": checked})
    return checked
