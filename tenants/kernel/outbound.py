"""Requests to addresses that a user typed: webhooks, feeds, sheets, issuers. The guard against reaching inwards.

A name is resolved once, every address it has must be a public one, and the connection
goes to the address that was looked at (with the name for TLS and the Host header), so a
name that answers differently a moment later gains nothing. Redirects are followed here
alone, each looked at like the first. What comes back is bounded in time and size.
"""

import socket
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any, ClassVar, Final

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.kernel import context
from tenants.kernel.errors import ProviderFailed

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 10
MOST_SECONDS: Final = 30
MOST_BYTES: Final = 5 * 1024 * 1024
MOST_REDIRECTS: Final = 4
PORTS: Final = frozenset({80, 443, 8080, 8443})
# Ways to write an IPv4 address inside an IPv6 one: whatever they lead to is asked for directly, or not at all.
WRAPPED: Final = tuple(
    IPv6Network(one) for one in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
Address = IPv4Address | IPv6Address
_is_closed: ContextVar[bool] = ContextVar("omniflow_outbound_closed", default=False)


class NotReachable(ProviderFailed):
    """The other side did not answer, or not in time."""

    code = "not_reachable"
    title: ClassVar[Any] = _("The address could not be reached.")


class NotAllowed(NotReachable):
    """An address that a server of ours does not ask: inside our own network, or in no form we take."""

    code = "address_not_allowed"
    title: ClassVar[Any] = _("Addresses inside a private network cannot be used. Give a public http or https address.")


class StaysInside(NotReachable):
    """A sandbox would have changed something out there."""

    code = "sandbox_stays_inside"
    title: ClassVar[Any] = _("This is a sandbox: nothing is sent to addresses outside.")


@dataclass(frozen=True)
class Target:
    """Where a request really goes."""

    url: httpx.URL
    """With the address in place of the name."""
    host: str
    name: str
    """For TLS: the name the certificate must be for."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@cache
def tls() -> ssl.SSLContext:
    """For every connection of this process: reading the list of authorities takes longer than most requests."""
    return httpx.create_ssl_context()


@contextmanager
def closed() -> Iterator[None]:
    """No request leaves from here: for work that is taken back, which nobody outside can take back."""
    token = _is_closed.set(True)
    try:
        yield
    finally:
        _is_closed.reset(token)


def check_open() -> None:
    """Asked before anything leaves. Raises NotReachable within `closed()`."""
    if _is_closed.get():
        raise NotReachable


def is_public(address: Address) -> bool:
    """Whether everybody on the internet could ask it just as well."""
    if isinstance(address, IPv6Address) and any(address in one for one in WRAPPED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def checked(url: str, *, trusted: Collection[str] = ()) -> Target:
    """Look at an address and its name. Raises NotAllowed, NotReachable.

    `trusted` are origins of the installation's own settings, never what somebody typed.
    """
    parts = _parsed(url)
    origin = f"{parts.scheme}://{parts.netloc.decode()}"
    host = parts.netloc.decode()
    if origin in {*trusted, *settings.OUTBOUND_TRUSTED_ORIGINS}:
        return Target(parts, host, parts.host)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if port not in PORTS:
        raise NotAllowed
    addresses = _resolved(parts.raw_host.decode(), port)
    if not all(is_public(one) for one in addresses):
        raise NotAllowed
    return Target(parts.copy_with(host=str(addresses[0])), host, parts.raw_host.decode())


def _parsed(url: str) -> httpx.URL:
    try:
        parts = httpx.URL(url.strip())
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise NotAllowed from error
    if parts.scheme not in ("http", "https") or not parts.host or parts.userinfo:
        raise NotAllowed
    return parts


def _resolved(host: str, port: int) -> list[Address]:
    """All addresses of a name; also numbers in any spelling the system understands."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        return [ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    except (OSError, UnicodeError, ValueError) as error:
        raise NotReachable from error


@contextmanager
def stream(
    method: str,
    url: str,
    *,
    trusted: Collection[str] = (),
    may_follow: Callable[[str], bool] = lambda url: True,
    redirects: int = MOST_REDIRECTS,
    **how: Any,
) -> Iterator[httpx.Response]:
    """An open answer after its redirects; only GET and HEAD are redirected. Raises NotAllowed, NotReachable.

    Out of a sandbox things may be read, never sent: StaysInside.
    """
    if context.in_sandbox() and method not in ("GET", "HEAD"):
        raise StaysInside
    wait = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    # Proxies of the environment would resolve the name once more.
    with httpx.Client(timeout=wait, follow_redirects=False, trust_env=False, verify=tls()) as client:
        response = _hop(client, method, url, trusted, how)
        here = url
        try:
            while response.is_redirect and method in ("GET", "HEAD"):
                here, before = str(httpx.URL(here).join(response.headers.get("location", ""))), here
                redirects -= 1
                if redirects < 0 or not may_follow(here):
                    raise NotAllowed
                response.close()
                how = how if _same_origin(here, before) else _without_credentials(how)
                response = _hop(client, method, here, trusted, how)
            yield response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotReachable from error
        finally:
            response.close()


def _hop(
    client: httpx.Client, method: str, url: str, trusted: Collection[str], how: Mapping[str, Any]
) -> httpx.Response:
    check_open()
    target = checked(url, trusted=trusted)
    headers = {**how.get("headers", {}), "Host": target.host}
    rest = {name: value for name, value in how.items() if name not in ("headers", "auth")}
    request = client.build_request(
        method, target.url, headers=headers, extensions={"sni_hostname": target.name}, **rest
    )
    try:
        return client.send(request, auth=how.get("auth"), stream=True)
    except httpx.HTTPError as error:
        raise NotReachable from error


def _same_origin(one: str, other: str) -> bool:
    first, second = httpx.URL(one), httpx.URL(other)
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def _without_credentials(how: Mapping[str, Any]) -> dict[str, Any]:
    """What was meant for the first host alone stays there."""
    headers = {
        name: value for name, value in how.get("headers", {}).items() if name.lower() in ("accept", "user-agent")
    }
    return {**{name: value for name, value in how.items() if name != "auth"}, "headers": headers}


def fetch(method: str, url: str, *, most_bytes: int = MOST_BYTES, **how: Any) -> Answer:
    """The whole answer. Raises NotAllowed, NotReachable, also for what is too large or comes too slowly."""
    until = monotonic() + MOST_SECONDS
    with stream(method, url, **how) as response:
        body = bytearray()
        for piece in response.iter_bytes(64 * 1024):
            body += piece
            if len(body) > most_bytes or monotonic() > until:
                raise NotReachable
        return Answer(response.status_code, dict(response.headers), bytes(body), str(response.url))
