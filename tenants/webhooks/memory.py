"""The endpoints of a company, remembered in the process: whoever has none pays nothing for webhooks.

Whoever changes one calls `forget_endpoints`; every process hears it on the channel that also carries changed hosts.
"""

import time
from collections.abc import Sequence
from uuid import UUID

from tenants.directory.hosts import also_forget, forget_other, tenant_now
from tenants.kernel import context
from tenants.webhooks.enums import OPEN
from tenants.webhooks.models import Endpoint

KEPT_SECONDS = 60.0
KEPT_AT_MOST = 20_000
_kept: dict[UUID, tuple[float, Sequence[Endpoint]]] = {}
also_forget("webhooks", _kept.clear)


def endpoints() -> Sequence[Endpoint]:
    """Those that are told of events, without their secrets. Not for changing."""
    company_id = context.company_id()
    kept = _kept.get(company_id)
    if kept is None or kept[0] < time.monotonic():
        tenant_now()  # has a listener on the channel
        if len(_kept) >= KEPT_AT_MOST:
            _kept.clear()
        rows = Endpoint.objects.filter(state__in=OPEN).defer("secret", "former_secret", "headers")
        kept = _kept[company_id] = (time.monotonic() + KEPT_SECONDS, tuple(rows))
    return kept[1]


def forget_endpoints() -> None:
    """Look again: here at once, in every other process after the commit."""
    forget_other("webhooks")
