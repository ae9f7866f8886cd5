"""Slugs and hosts: how they are written and which are not to be had."""

import re

SLUG_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]$"
HOST_PATTERN = re.compile(
    r"^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$"
)

# Hosts that browsers, mail or we ourselves may one day give a meaning.
RESERVED_SLUGS = frozenset(
    "about account accounts admin agency api app apps assets autoconfig autodiscover beta billing blog cdn "
    "chat console control dashboard demo-platform dev docs email files ftp help hooks imap internal login mail "
    "media mta ns1 ns2 password pay platform pop portal postmaster public root security shop signup smtp "
    "staging static status support system test tls webmail whitelabel www".split()
)


def normal_host(raw: str) -> str:
    """A host as we store it: lower case, IDNA, no port, no trailing dot; empty if it is none."""
    host = raw.strip().lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    name, colon, port = host.partition(":")
    if colon and not port.isdigit():
        return ""
    name = name.removesuffix(".")
    return name if HOST_PATTERN.match(name) else ""


def is_domain(host: str) -> bool:
    """Whether a normalised host is a name with a top level, and no IP address."""
    _rest, dot, top = host.rpartition(".")
    return bool(dot) and len(top) > 1 and not top[0].isdigit()


def is_under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def is_reserved(slug: str) -> bool:
    return slug in RESERVED_SLUGS or slug.startswith("xn--")


def slug_from(name: str) -> str:
    """A proposal for a slug: "Black Sea Logistics" gives "black-sea-logistics"."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words)[:40].strip("-")
