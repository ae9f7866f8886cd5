"""The host decides: which face, whose brand, which schema. Unknown hosts get 404."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

from saas.problems import plain_page, problem_response
from tenants.directory.enums import Face
from tenants.directory.errors import CompanySuspended
from tenants.directory.hosts import resolve
from tenants.directory.tenant import Tenant, url_of
from tenants.identity.throttle import address_of
from tenants.kernel import context
from tenants.kernel.actors import visitor

URLCONFS = {face: f"saas.urls.{face}" for face in Face}
# Below a closed door these still answer: the page that says so needs its looks.
ALWAYS_OPEN = ("/static/", "/brand", "/manifest.webmanifest")


class Faces:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = resolve(request.META.get("HTTP_HOST", ""))
        if tenant is None:
            return plain_page("unknown_host", status=404)
        request.tenant = tenant  # type: ignore[attr-defined]
        request.brand = tenant.brand  # type: ignore[attr-defined]
        request.urlconf = URLCONFS[tenant.face]
        source = "api" if request.path.startswith("/api/") else "page"
        asked = {"request_id": _request_id(request), "source": source, "machine": address_of(request)}
        with context.inside(tenant.place, actor=visitor(), **asked):
            response = self._answer(request, tenant)
        return _private(response)

    def _answer(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        if not tenant.is_open and not request.path.startswith(ALWAYS_OPEN):
            return _shut(request)
        if tenant.host != tenant.canonical_host and request.method == "GET" and not request.path.startswith("/api/"):
            return HttpResponseRedirect(url_of(tenant.canonical_host) + request.get_full_path())
        return self.get_response(request)


def _shut(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(CompanySuspended())
    return plain_page("suspended", status=403, request=request)


def _request_id(request: HttpRequest) -> Any:
    return request.request_id  # type: ignore[attr-defined]


def _private(response: HttpResponse) -> HttpResponse:
    """Nothing that a host answered may be kept for another, or for another reader."""
    patch_vary_headers(response, ("Host", "Cookie"))
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-store"
    return response
