"""Calls to identity providers: the house's guarded requests, over TLS and without redirects, answered with JSON."""

from typing import Any, Final

import httpx
import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from tenants.kernel import outbound
from tenants.kernel.errors import Invalid, ProviderFailed

MOST_BYTES: Final = 1024 * 1024


def check_url(url: str, *, field: str) -> str:
    """The URL, if it may be called. Raises Invalid."""
    try:
        _check(url.strip())
    except ProviderFailed as error:
        raise Invalid({field: [str(error.detail)]}) from error
    return url.strip()


def _check(url: str) -> None:
    """Raises ProviderFailed for what is not encrypted, unless the installation itself trusts that origin."""
    target = outbound.checked(url)
    origin = f"{target.url.scheme}://{target.host}"
    if target.url.scheme != "https" and origin not in settings.OUTBOUND_TRUSTED_ORIGINS:
        raise ProviderFailed(_("Write an address that begins with https://."))


def call(method: str, url: str, **more: Any) -> Any:
    """The JSON that the provider answers. Raises ProviderFailed."""
    _check(url)
    try:
        answer = outbound.fetch(method, url, most_bytes=MOST_BYTES, redirects=0, **more)
        if answer.status != httpx.codes.OK:
            raise ProviderFailed(_("The identity provider answered with %(n)d.") % {"n": answer.status})
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise ProviderFailed(_("The identity provider answered nonsense.")) from error
