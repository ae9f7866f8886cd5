"""What browsers may do with our answers."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

DATA = "default-src 'none'; frame-ancestors 'none'"


class Policies(CSPMiddleware):
    """The policy of pages for pages. Data is no page: a browser that opens it may load nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith(("application/json", "application/problem+json")):
            response.headers.setdefault(HEADER, DATA)
            return response
        return super().process_response(request, response)
