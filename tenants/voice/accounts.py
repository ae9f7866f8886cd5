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


def add_sandbox() -> TelephonyAccount:
    """The practice line, as the default where there is none yet."""
    found = TelephonyAccount.objects.filter(provider=Sandbox.name).first()
    if found:
        return found
    credentials = credentials_for(str(context.company_id()))
    return TelephonyAccount.objects.create(
        provider=Sandbox.name,
        name=str(Sandbox.label),
        credentials=vault.keep(Sandbox.name, credentials),
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
    TelephonyAccount.objects.filter(is_default=True).exclude(pk=account.pk).update(is_default=False)
    TelephonyAccount.objects.filter(pk=account.pk).update(is_default=True)
    audit("telephony.chosen", by=by, subject=account.provider)
    return account


def test_connection(*, provider: str, credentials: Mapping[str, str], by: Actor) -> str:
    """Ask the provider with credentials as typed, keeping nothing. Raises Denied, Invalid, ProviderFailed."""
    require(by, "edit", "settings")
    return adapter(provider, checked_credentials(provider, credentials)).check_connection()


def checked_credentials(provider: str, credentials: Mapping[str, str]) -> dict[str, str]:
    """Every field of the provider's form. Raises Invalid, naming the missing ones."""
    if provider not in PROVIDERS:
        raise Invalid({"provider": [_("Choose one of: %(known)s.") % {"known": ", ".join(PROVIDERS)}]})
    fields = PROVIDERS[provider].fields
    found = {field.name: credentials.get(field.name, "").strip() for field in fields}
    errors = {name: [_("Fill this in.")] for name, value in found.items() if not value}
    for field in fields:
        if field.choices and found[field.name] not in dict(field.choices):
            errors[field.name] = [_("Choose one of the list.")]
    if errors:
        raise Invalid(errors)
    return found


@transaction.atomic
def set_own_phone(*, number: str, by: Actor) -> str:
    """The number where the caller's own phone rings; empty takes it away. Raises Invalid."""
    if not by.user_id:
        raise Denied(_("Only a person has a phone."))
    if not number.strip():
        AgentPhone.objects.filter(user_id=by.user_id).delete()
        return ""
    try:
        checked = rules.e164(number)
    except Invalid as error:
        raise Invalid({"number": error.errors["to"]}) from error
    AgentPhone.objects.update_or_create(user_id=by.user_id, defaults={"number": checked})
    return checked
