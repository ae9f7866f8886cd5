"""What browsers may do with our answers."""

from csp.constants import HEADER, SELF
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tenants.directory.enums import Face
from tenants.directory.tenant import url_of

PATH = "/live/"

DATA = "default-src 'none'; frame-ancestors 'none'"


class Policies(CSPMiddleware):
    """The policy of pages for pages. Data is no page: a browser that opens it may load nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith(("application/json", "application/problem+json")):
            response.headers.setdefault(HEADER, DATA)
            return response
        socket = live_url(request)
        if socket and settings.LIVE_PORT:  # same-origin sockets are allowed as it is
            response._csp_update = {"connect-src": [SELF, socket]}  # type: ignore[attr-defined]
        return super().process_response(request, response)


def live_url(request: HttpRequest) -> str:
    """Where the page opens its socket; empty where nobody of a company looks at it."""
    tenant = getattr(request, "tenant", None)
    user = getattr(request, "user", None)
    if tenant is None or tenant.face != Face.COMPANY or user is None or not user.is_authenticated:
        return ""
    scheme = "wss" if settings.SCHEME == "https" else "ws"
    host, port = url_of(tenant.canonical_host).partition("://")[2], settings.LIVE_PORT
    return f"{scheme}://{host.partition(':')[0]}:{port}{PATH}" if port else f"{scheme}://{host}{PATH}"
