"""What may be written into an endpoint. Each raises Invalid, naming the field and what to do."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from tenants.kernel import outbound
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.kernel.outbound import NotAllowed, NotReachable
from tenants.records.filters import compile_filter
from tenants.records.registry import type_named
from tenants.webhooks.events import record_type_of
from tenants.webhooks.models import Endpoint

LONGEST_URL: Final = 1000
MOST_HEADERS: Final = 10
LONGEST_VALUE: Final = 1000
HEADER_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]*")
OURS: Final = frozenset(
    "host content-length content-type transfer-encoding connection keep-alive upgrade te trailer expect user-agent "
    "accept-encoding proxy-authorization webhook-id webhook-timestamp webhook-signature".split()
)


def checked_line(text: str, name: str, most: int) -> str:
    found = " ".join(str(text).replace("\x00", "").split())
    if not found or len(found) > most:
        raise Invalid({name: [_("Write 1 to %(most)d characters.") % {"most": most}]})
    return found


def checked_url(text: str) -> str:
    """A public https address; http only for origins that the installation trusts by name.

    A name that leads nowhere yet is taken: the guard looks again at every connection.
    """
    found = str(text).strip()
    if len(found) > LONGEST_URL or any(one <= " " or one == "\x7f" for one in found):
        raise Invalid({"url": [_("Write one address of at most %(most)d characters.") % {"most": LONGEST_URL}]})
    try:
        parts = urlsplit(found)
    except ValueError as error:
        raise Invalid({"url": [_("This is no address. It looks like https://example.com/hooks.")]}) from error
    if parts.scheme != "https" and f"{parts.scheme}://{parts.netloc}" not in settings.OUTBOUND_TRUSTED_ORIGINS:
        raise Invalid({"url": [_("Write an address that begins with https://.")]})
    try:
        outbound.checked(found)
    except NotAllowed as error:
        raise Invalid({"url": [str(error.detail)]}) from error
    except NotReachable:
        pass
    return found


def checked_filter(tree: Mapping[str, Any], events: Sequence[str], actor: Actor) -> str:
    """The record type it is about, by the events; empty without a filter."""
    if not tree:
        return ""
    name = record_type_of(events)
    if not name:
        raise Invalid({"filter": [_("A filter needs events of one kind of record alone. Make one endpoint for each.")]})
    compile_filter(tree, type_named(name), actor)
    return name


def checked_headers(headers: Mapping[str, str]) -> str:
    """As the row keeps them; nothing for none."""
    if len(headers) > MOST_HEADERS:
        raise Invalid({"headers": [_("Give at most %(most)d headers.") % {"most": MOST_HEADERS}]})
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or name.lower() in OURS:
            raise Invalid({"headers": [_("“%(name)s” is no header you can set.") % {"name": name[:60]}]})
        if not isinstance(value, str) or len(value) > LONGEST_VALUE or not HEADER_VALUE.fullmatch(value):
            words = _("The value of “%(name)s” has to be at most %(most)d plain characters.")
            raise Invalid({"headers": [words % {"name": name, "most": LONGEST_VALUE}]})
    return json.dumps(dict(headers)) if headers else ""


def written_headers(endpoint: Endpoint) -> list[str]:
    """The names of its own headers; their values are shown to nobody."""
    kept = endpoint.headers
    text = kept if isinstance(kept, str) else kept.reveal() if kept else ""
    return list(json.loads(text)) if text else []
