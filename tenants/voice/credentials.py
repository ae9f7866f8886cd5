"""Credentials of providers: kept encrypted, shown to nobody again."""

import json
from collections.abc import Mapping

from django.utils.translation import gettext as _

from tenants.kernel import context
from tenants.kernel.secrets import Secret, hint
from tenants.voice.models import TelephonyAccount
from tenants.voice.providers import PROVIDERS, adapter
from tenants.voice.providers.base import Refused, Telephony


def as_text(credentials: Mapping[str, str]) -> str:
    """What the row is given; its column encrypts it."""
    return json.dumps(dict(credentials))


def opened(account: TelephonyAccount) -> dict[str, str]:
    """In the clear, for asking the provider. Raises secrets.Unreadable."""
    kept = account.credentials
    text = kept.reveal() if isinstance(kept, Secret) else str(kept)
    return dict(json.loads(text or "{}"))


def adapter_of(account: TelephonyAccount) -> Telephony:
    """The account, ready to be asked. Raises Refused where it would ring at people's out of a sandbox."""
    check_may_ring(account.provider)
    return adapter(account.provider, opened(account))


def check_may_ring(provider: str) -> None:
    """Out of a sandbox nobody is called. Raises Refused."""
    if context.in_sandbox() and PROVIDERS[provider].can.is_real:
        raise Refused(_("This is a sandbox: calls go through the practice line only."))


def shown(account: TelephonyAccount) -> dict[str, str]:
    """What a form may show: of secrets the last four characters."""
    known = opened(account)
    fields = PROVIDERS[account.provider].fields
    return {one.name: hint(known.get(one.name, "")) if one.is_secret else known.get(one.name, "") for one in fields}
