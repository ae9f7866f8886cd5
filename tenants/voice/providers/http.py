"""Plain HTTP to providers: timeouts always, repeats only where repeating is harmless."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tenants.kernel import outbound
from tenants.voice.providers.base import Recording, Refused, Unsure

TIMEOUT = httpx.Timeout(10.0, connect=4.0)
TRIES = 3
FIRST_PAUSE_SECONDS = 0.5
MOST_REDIRECTS = 3
MOST_BYTES = 60 * 1024 * 1024
BUSY = (429, 500, 502, 503, 504)
_sleep: Callable[[float], None] = time.sleep


def send_once(method: str, url: str, **how: Any) -> httpx.Response:
    """One request with an effect. Refused when it never left, Unsure when its fate is unknown."""
    outbound.check_open()
    try:
        response = httpx.request(method, url, timeout=TIMEOUT, follow_redirects=False, verify=outbound.tls(), **how)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise Refused("The phone provider could not be reached.") from error
    except httpx.HTTPError as error:
        raise Unsure("The phone provider did not answer in time.") from error
    if response.status_code >= 500:
        raise Unsure(f"The phone provider answered {response.status_code}.")
    return response


def read(url: str, **how: Any) -> httpx.Response:
    """A harmless request: repeated a few times with growing pauses when the other side is busy."""
    outbound.check_open()
    for attempt in range(1, TRIES + 1):
        try:
            response = httpx.get(url, timeout=TIMEOUT, follow_redirects=False, verify=outbound.tls(), **how)
        except httpx.HTTPError as error:
            if attempt == TRIES:
                raise Unsure("The phone provider could not be reached.") from error
        else:
            if response.status_code not in BUSY:
                return response
            if attempt == TRIES:
                raise Unsure(f"The phone provider answered {response.status_code}.")
        _sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    raise AssertionError


def download(url: str, *, is_allowed: Callable[[str], bool], auth: tuple[str, str]) -> Recording | None:
    """A file from the provider's hosts, or None for 404.

    Every hop must be allowed; credentials go to the first host only.
    """
    here: str = url
    credentials: tuple[str, str] | None = auth
    for _hop in range(MOST_REDIRECTS + 1):
        if not is_allowed(here):
            raise Refused(f"Recordings are not fetched from {urlsplit(here).hostname}.")
        found = _stream(here, credentials)
        if isinstance(found, str):
            after = urljoin(here, found)
            credentials = credentials if urlsplit(after).netloc == urlsplit(here).netloc else None
            here = after
        else:
            return found
    raise Refused("The recording was redirected too often.")


def _stream(url: str, auth: tuple[str, str] | None) -> Recording | str | None:
    """The file, the address it moved to, or None."""
    outbound.check_open()
    try:
        with httpx.stream("GET", url, timeout=TIMEOUT, auth=auth, follow_redirects=False) as response:
            if response.is_redirect:
                return response.headers["Location"]
            if response.status_code == 404:
                return None
            if response.status_code != 200:
                raise Unsure(f"The recording could not be fetched ({response.status_code}).")
            return Recording(data=_body(response), content_type=response.headers.get("Content-Type", ""))
    except httpx.HTTPError as error:
        raise Unsure("The recording could not be fetched.") from error


def _body(response: httpx.Response) -> bytes:
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > MOST_BYTES:
            raise Refused("The recording is larger than 60 MB.")
    return bytes(data)
