"""What of telephony ends when a company goes to another agency."""

import secrets

from django.utils.translation import gettext as _

from tenants.directory.models import Agency, Company
from tenants.fleet.lifecycle.rooms import on_transfer
from tenants.kernel import context
from tenants.voice.models import TelephonyAccount
from tenants.voice.providers import PROVIDERS


@on_transfer
def renew_hook_addresses(company: Company, former: Agency) -> list[str]:
    """Whoever knows a former address can tell us nothing any more."""
    lines = []
    with context.inside(company.place):
        for account in TelephonyAccount.objects.all():
            account.hook_token = secrets.token_urlsafe(32)
            account.save(update_fields=["hook_token", "updated_at"])
            if PROVIDERS[account.provider].can.is_real:
                words = _("Phone account %(name)s: put its new webhook address in at the provider.")
                lines.append(words % {"name": account.name})
    return lines
