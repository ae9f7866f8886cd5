"""Proof that a domain is theirs: a TXT record with our token."""

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:  # large, and few processes ever ask
    import dns.resolver

TIMEOUT_SECONDS = 5.0


def txt_name(host: str) -> str:
    """Where the record has to stand."""
    return f"_crm-verify.{host}"


def has_token(host: str, token: str) -> bool:
    """Whether `txt_name(host)` shows the token; a missing answer is a no."""
    import dns.exception

    try:
        answers = _resolver().resolve(txt_name(host), "TXT", lifetime=TIMEOUT_SECONDS)
    except dns.exception.DNSException:
        return False
    return any(b"".join(record.strings).decode("ascii", "replace") == token for record in answers)


def _resolver() -> "dns.resolver.Resolver":
    """The machine's resolver, or the one named in settings as `host:port`."""
    import dns.resolver

    named = getattr(settings, "DNS_RESOLVER", "")
    resolver = dns.resolver.Resolver(configure=not named)
    if named:
        host, _, port = named.partition(":")
        resolver.nameservers, resolver.port = [host], int(port or 53)
    return resolver
