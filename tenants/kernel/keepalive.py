"""Kept connections to addresses that a user typed: for many requests to the same machine, one after the other.

The guard of `outbound` looks at the address when a connection is made, and the connection goes to what it looked
at; later requests go down the same connection, so nothing is looked up anew. Nothing is redirected. A whole exchange
has one deadline, however slowly the other side talks.
"""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from threading import Lock
from time import monotonic
from typing import Any, Final

import httpx

from tenants.kernel import context, outbound
from tenants.kernel.outbound import NotReachable, StaysInside

IDLE_SECONDS: Final = 20
MOST_KEPT: Final = 200
Key = tuple[str, str]


@dataclass(frozen=True)
class Reply:
    """What came back: the beginning of the body, and whether that was all of it."""

    status: int
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    is_whole: bool


class _Deadline(RawIOBase):
    """A socket read until a moment, not for so long each time."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock, self.until = sock, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(max(self.until - monotonic(), 0.001))
        return self.sock.recv_into(buffer)


class _Sock:
    """What HTTPResponse wants of a socket."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.file = BufferedReader(_Deadline(sock, until))

    def makefile(self, mode: str) -> "BufferedReader[_Deadline]":
        return self.file


class Line:
    """One connection to one origin."""

    def __init__(self, url: httpx.URL, until: float) -> None:
        target = outbound.checked(str(url))
        port = target.url.port or (443 if url.scheme == "https" else 80)
        self.host, self.used_at, self.is_fresh = target.host, monotonic(), True
        wait = max(until - monotonic(), 0.001)
        sock = socket.create_connection((target.url.host, port), timeout=min(wait, outbound.CONNECT_SECONDS))
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = outbound.tls().wrap_socket(sock, server_hostname=target.name) if url.scheme == "https" else sock
        except OSError:
            sock.close()
            raise

    def ask(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes, until: float, most_bytes: int
    ) -> Reply:
        """Raises OSError, HTTPException. Afterwards the line may be used again if `is_open`."""
        self.is_open = False
        self.sock.settimeout(max(until - monotonic(), 0.001))
        self.sock.sendall(_head(method, url, {**headers, "Host": self.host, "Content-Length": str(len(body))}) + body)
        response = HTTPResponse(_Sock(self.sock, until), method=method)  # type: ignore[arg-type]
        response.begin()
        found = response.read(most_bytes + 1)
        is_whole = len(found) <= most_bytes and not response.length
        self.is_open = is_whole and not response.will_close and response.isclosed()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, told, found[:most_bytes], is_whole)

    def close(self) -> None:
        self.sock.close()


class Lines:
    """The kept connections of a process. Any thread may ask; a connection serves one at a time, and one company."""

    def __init__(self) -> None:
        self._kept: dict[Key, list[Line]] = {}
        self._lock = Lock()

    def ask(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes, seconds: float, most_bytes: int
    ) -> Reply:
        """One exchange, done within `seconds`; of the answer's body at most `most_bytes`.

        Raises NotAllowed, NotReachable. A kept connection that the other side has closed meanwhile is replaced
        once, so a request may arrive twice: give it an id. Needs a context: nothing leaves a sandbox.
        """
        if context.in_sandbox():
            raise StaysInside
        outbound.check_open()
        parsed, until = httpx.URL(url), monotonic() + seconds
        key = (context.place().salt, f"{parsed.scheme}://{parsed.netloc.decode()}")
        while True:
            line = None
            try:
                line = self._take(key) or Line(parsed, until)
                reply = line.ask(method, parsed, headers, body, until, most_bytes)
            except (OSError, HTTPException, ValueError) as error:
                if line:
                    line.close()
                if not line or line.is_fresh or isinstance(error, TimeoutError):
                    raise NotReachable(_told(error)) from error
                continue
            self._give_back(key, line)
            return reply

    def _take(self, key: Key) -> Line | None:
        """The one used last; those that have rested for too long are closed."""
        with self._lock:
            resting = self._kept.get(key, [])
            line = resting.pop() if resting else None
        if line and monotonic() - line.used_at > IDLE_SECONDS:
            line.close()
            return self._take(key)
        return line

    def _give_back(self, key: Key, line: Line) -> None:
        if not line.is_open:
            return line.close()
        line.used_at, line.is_fresh = monotonic(), False
        with self._lock:
            if sum(map(len, self._kept.values())) >= MOST_KEPT:
                self._drop_all()
            self._kept.setdefault(key, []).append(line)

    def _drop_all(self) -> None:
        for lines in self._kept.values():
            for line in lines:
                line.close()
        self._kept.clear()

    def close(self) -> None:
        with self._lock:
            self._drop_all()


def _head(method: str, url: httpx.URL, headers: Mapping[str, str]) -> bytes:
    """The beginning of a request. Raises ValueError for what would be more than one line."""
    lines = [f"{method} {url.raw_path.decode()} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if any(not line.isprintable() for line in lines):
        raise ValueError("A header holds more than a line of text.")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _told(error: Exception) -> str:
    """What went wrong, in words that tell nothing of our own network."""
    if isinstance(error, TimeoutError):
        return "No answer in time."
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or 'failed'}."
    if isinstance(error, ConnectionRefusedError):
        return "The connection was refused."
    return "The connection broke off." if isinstance(error, OSError) else "The answer was not HTTP."
