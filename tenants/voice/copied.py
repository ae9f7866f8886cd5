"""Phone lines stay where they are connected; a package under a passphrase takes them along."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.kernel.copies import NOWHERE, PACKAGES, SEALED, Else, Facts, table, then
from tenants.kernel.errors import DomainError
from tenants.voice.accounts import add_sandbox, checked_credentials
from tenants.voice.credentials import opened
from tenants.voice.enums import OPEN
from tenants.voice.models import TelephonyAccount

# The provider would tell two companies of one call.
NEW_TOKEN = Else("replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')")
UNDER_WAY = ", ".join(f"'{status.value}'" for status in OPEN)
table(
    "voice.TelephonyAccount", comes=SEALED, else_as={"hook_token": NEW_TOKEN}, again=_("Phone providers"),
)  # fmt: skip
table("voice.InboundHook", comes=NOWHERE)
table("voice.Call", else_as={"status": Else(f"CASE WHEN status IN ({UNDER_WAY}) THEN 'failed' ELSE status END")})


@then
def check_lines(facts: Facts) -> None:
    """A package is somebody's file: a line with credentials that no form would take is not kept."""
    for account in TelephonyAccount.objects.all() if facts.copy in PACKAGES else ():
        try:
            checked_credentials(account.provider, opened(account))
        except (DomainError, ValueError):
            account.delete()


@then
def practice_line(facts: Facts) -> None:
    """As every new company has one."""
    if settings.SANDBOX_URL and facts.copy not in PACKAGES:
        add_sandbox()
