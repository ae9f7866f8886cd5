"""API keys and tokens as they were looked up last, for a few seconds: most of what a small request costs.

Whatever changes a key, its user or a role empties the memory of every process. Should
that word be lost, a key that was revoked works on for at most `KEPT_SECONDS`.
"""

import time
from typing import Any

from django.db.models.signals import post_delete, post_save

from tenants.directory.hosts import also_forget, forget_other
from tenants.identity.models import ApiKey, OAuthAccess, OAuthClient, Role, User
from tenants.kernel import context

Showable = ApiKey | OAuthAccess
KEPT_SECONDS = 5.0
KEPT_AT_MOST = 10_000
_kept: dict[tuple[str, str], tuple[float, Showable]] = {}
also_forget("keys", _kept.clear)


def remembered(prefix: str) -> Showable | None:
    found = _kept.get((context.place().salt, prefix))
    return found[1] if found and found[0] > time.monotonic() else None


def remember(key: Showable) -> None:
    if len(_kept) >= KEPT_AT_MOST:
        _kept.clear()
    _kept[context.place().salt, key.prefix] = (time.monotonic() + KEPT_SECONDS, key)


def forget_keys(**_: Any) -> None:
    """Here at once, in the other processes after the commit."""
    forget_other("keys")


def watch() -> None:
    for model in (ApiKey, OAuthAccess, OAuthClient, Role, User):
        post_save.connect(forget_keys, sender=model, dispatch_uid=f"forget keys: {model.__name__} saved")
        post_delete.connect(forget_keys, sender=model, dispatch_uid=f"forget keys: {model.__name__} deleted")
