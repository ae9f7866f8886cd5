"""A browser or program that asks our own web application, in this very process and transaction.

The whole way from the host to the answer is the real one: every middleware, view and template. Only what a server
does around a request is left out, since it would close the connection whose transaction we are in.
"""

import secrets
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http.response import HttpResponseBase
from django.urls import set_urlconf

from tenants.kernel import context

MOST_BYTES = 4 * 1024 * 1024
CSRF_LETTERS = 32


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Head and body: what leaks leaks in either."""
        head = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{head}\n\n{self.body.decode(errors='replace')}"

    @property
    def is_let_in(self) -> bool:
        """Not refused, and not sent to sign in."""
        return self.status < 400 and "/sign-in/" not in self.headers.get("Location", "")


@cache
def _application() -> BaseHandler:
    made = BaseHandler()
    made.load_middleware()
    return made


@dataclass
class Browser:
    """Asks one host, with a session, a key, or nothing."""

    host: str
    address: str = "127.0.0.1"
    session: str = ""
    key: str = ""
    csrf: str = field(default_factory=lambda: secrets.token_hex(CSRF_LETTERS // 2))

    def ask(self, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str) -> Reply:
        """Headers are named as WSGI does: `HTTP_X_TENANT`."""
        request = WSGIRequest(self._environ(method, path, query, body) | headers)
        with context.outside():
            try:
                return _read(_application().get_response(request))
            finally:
                set_urlconf(None)

    def _environ(self, method: str, path: str, query: str, body: bytes) -> dict[str, Any]:
        host, _colon, port = self.host.partition(":")
        environ = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query, "SERVER_NAME": host, "SERVER_PORT": port or str(settings.PORT),
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": self.address, "HTTP_HOST": self.host,
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0), "wsgi.url_scheme": settings.SCHEME, "wsgi.input": BytesIO(body),
            "wsgi.errors": BytesIO(), "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
            # Behind a proxy these two say what came in at its door.
            "HTTP_X_FORWARDED_PROTO": settings.SCHEME, "HTTP_X_FORWARDED_FOR": self.address,
        }  # fmt: skip
        return environ | self._pass()

    def _pass(self) -> dict[str, str]:
        if self.key:
            return {"HTTP_AUTHORIZATION": f"Bearer {self.key}"}
        if not self.session:
            return {}
        cookies = f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={self.csrf}"
        # As our own pages send it: an attack that stops at the CSRF check has tried nothing.
        return {
            "HTTP_COOKIE": cookies,
            "HTTP_X_CSRFTOKEN": self.csrf,
            "HTTP_ORIGIN": f"{settings.SCHEME}://{self.host}",
        }


def _read(answer: HttpResponseBase) -> Reply:
    try:
        body = _beginning(answer)
    finally:
        # As `close()` does, which would also tell the database that the request is over.
        for closer in answer._resource_closers:  # type: ignore[attr-defined]
            closer()
    return Reply(answer.status_code, dict(answer.items()), body)


def _beginning(answer: Any) -> bytes:
    if not answer.streaming:
        return bytes(answer.content[:MOST_BYTES])
    body = bytearray()
    for piece in answer.streaming_content:
        body += piece
        if len(body) >= MOST_BYTES:
            break
    return bytes(body)
