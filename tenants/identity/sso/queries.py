"""Which identity providers a place offers, remembered in the process like its rules."""

import time

from tenants.directory.hosts import also_forget, forget_other
from tenants.identity.models import SsoConnection
from tenants.kernel import context

KEPT_SECONDS = 60.0
KEPT_AT_MOST = 10_000
_kept: dict[str, tuple[float, tuple[tuple[str, str], ...]]] = {}
also_forget("providers", _kept.clear)


def ways_in() -> tuple[tuple[str, str], ...]:
    """(slug, name) of the providers in use; none outside companies."""
    place = context.place()
    if not place.company_id:
        return ()
    kept = _kept.get(place.salt)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    if len(_kept) >= KEPT_AT_MOST:
        _kept.clear()
    found = tuple(SsoConnection.objects.filter(is_enabled=True).values_list("slug", "name"))
    _kept[place.salt] = (time.monotonic() + KEPT_SECONDS, found)
    return found


def forget_ways() -> None:
    forget_other("providers")
