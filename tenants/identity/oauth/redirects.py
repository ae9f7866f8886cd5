"""Where a browser may be sent back to: exactly what was written down, and nowhere else."""

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from tenants.kernel.errors import Invalid

MOST: Final = 20
LONGEST: Final = 500
PLAIN: Final = re.compile(r"[!-~]+")
PRIVATE_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")


def checked_redirects(uris: list[str], *, is_public: bool, is_needed: bool) -> list[str]:
    """As the row keeps them. Raises Invalid naming the address that cannot be taken."""
    found = list(dict.fromkeys(uri.strip() for uri in uris if uri.strip()))
    if not found and is_needed:
        raise Invalid({"redirect_uris": [_("Write at least one address that people are sent back to.")]})
    if len(found) > MOST:
        raise Invalid({"redirect_uris": [_("At most %(most)d addresses.") % {"most": MOST}]})
    for uri in found:
        if problem := _problem(uri, is_public=is_public):
            raise Invalid({"redirect_uris": [f"{uri[:80]}: {problem}"]})
    return found


def _problem(uri: str, *, is_public: bool) -> str:
    parts = _split(uri)
    if len(uri) > LONGEST or not PLAIN.fullmatch(uri) or parts is None or '"' in uri or "\\" in uri:
        return _("Write a whole address of at most %(most)d plain characters.") % {"most": LONGEST}
    if "#" in uri or "*" in uri or "@" in parts.netloc:
        return _("Without “#”, “*” and sign-in data.")
    if parts.scheme == "https" and parts.hostname:
        return ""
    if parts.scheme == "http" and is_loopback(parts):
        return ""
    if is_public and PRIVATE_SCHEME.fullmatch(parts.scheme) and not parts.netloc:
        return ""
    if is_public:
        return _("Begin with https://, with http://127.0.0.1, or with a scheme of the app's own like com.example.app:/")
    return _("Begin with https://, or with http://127.0.0.1 on one's own machine.")


def matches(uri: str, kept: list[str]) -> bool:
    """To the letter; at a loopback address whatever port a program on the machine got (RFC 8252, 7.3)."""
    return uri in kept or _without_port(uri) in {found for one in kept if (found := _without_port(one))}


def _without_port(uri: str) -> str:
    """A loopback address as if no port were named; nothing for any other."""
    parts = _split(uri)
    if not parts or parts.scheme != "http" or not is_loopback(parts) or "@" in parts.netloc or "#" in uri:
        return ""
    return f"{parts.hostname} {parts.path}?{parts.query}"


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        return parts if parts.scheme and (parts.port is None or parts.port > 0) else None
    except ValueError:
        return None


def is_loopback(parts: SplitResult) -> bool:
    """This machine itself, by number or as "localhost"."""
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def is_sure(uri: str) -> bool:
    """Whether nobody else can be waiting there: programs on a device can take each other's addresses."""
    return uri.startswith("https://")


def place_of(uri: str) -> str:
    """In words, for the page of consent."""
    parts = urlsplit(uri)
    if parts.scheme == "https":
        return parts.netloc
    if parts.scheme == "http":
        return _("a program on this computer")
    return _("the app “%(scheme)s” on this device") % {"scheme": parts.scheme}


def source_of(uri: str) -> str:
    """What the content rules of a page have to allow for a form that ends there."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
