"""The host decides: which face, whose brand, which schema. Unknown hosts get 404."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_resolver
from django.utils.cache import patch_vary_headers

from saas.problems import plain_page, problem_response
from tenants.directory.enums import CompanyStatus, Face
from tenants.directory.errors import CompanyClosed, CompanyGone, CompanyMoving, CompanySuspended
from tenants.directory.hosts import resolve
from tenants.directory.tenant import Tenant, url_of
from tenants.identity.throttle import address_of
from tenants.kernel import context
from tenants.kernel.actors import visitor
from tenants.kernel.errors import DomainError

URLCONFS = {face: f"saas.urls.{face}" for face in Face}
# Below a closed door these still answer: the page that says so needs its looks.
LOOKS = {"/brand.css", "/brand/logo", "/brand/icon", "/brand/login-image", "/manifest.webmanifest"}
HOOKS = "/hooks/"
PROGRAMS = ("/api/", HOOKS, "/scim/", "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/.well-known/")
"""Whoever asks these follows no redirect and reads no page."""
CLOSED: dict[str, tuple[type[DomainError], str]] = {
    CompanyStatus.MOVING: (CompanyMoving, "moving"),
    CompanyStatus.RETIRED: (CompanyClosed, "closed"),
    CompanyStatus.ERASING: (CompanyGone, "gone"),
}
RETRY_SECONDS = 600


def load_pages() -> None:
    """Import the pages and the API of every face, which the first request would otherwise wait for: seconds."""
    for urlconf in URLCONFS.values():
        get_resolver(urlconf).reverse_dict  # noqa: B018 - asking for it reads them all


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
        if not tenant.is_open and not _is_looks(request.path):
            return _shut(request, tenant)
        if tenant.host != tenant.canonical_host and not request.path.startswith(PROGRAMS):
            return _led_on(request, tenant) or self.get_response(request)
        return self.get_response(request)


def _is_looks(path: str) -> bool:
    return path in LOOKS or path.startswith("/static/")


def _led_on(request: HttpRequest, tenant: Tenant) -> HttpResponse | None:
    """To the canonical host, for good from a former one; None for what is answered here.

    A part that htmx asked for cannot follow to another host, so the whole page goes there; what a page that was
    open sends is still taken, since it would be lost on the way.
    """
    url = url_of(tenant.canonical_host) + request.get_full_path()
    is_reading = request.method in ("GET", "HEAD")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": _page_of(request, tenant)}) if is_reading else None
    if is_reading:
        return HttpResponsePermanentRedirect(url) if tenant.is_moved else HttpResponseRedirect(url)
    return HttpResponse(status=308, headers={"Location": url}) if tenant.is_moved else None


def _page_of(request: HttpRequest, tenant: Tenant) -> str:
    """The page that a part was asked for, at the canonical host."""
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    return url_of(tenant.canonical_host) + (shown.path or "/") + (f"?{shown.query}" if shown.query else "")


def _shut(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Programs get a problem; who sends webhooks is asked to come again, so that nothing is lost."""
    status = tenant.company.status if tenant.company else ""
    kind, page = CLOSED.get(status, (CompanySuspended, "suspended"))
    if request.path.startswith(PROGRAMS):
        answer: HttpResponse = problem_response(kind())
        if request.path.startswith(HOOKS) and kind is not CompanyGone:
            answer.status_code = 503
    elif request.headers.get("HX-Request"):
        answer = HttpResponse(status=kind.status, headers={"HX-Refresh": "true"})
    else:
        answer = plain_page(page, status=kind.status, request=request)
    if answer.status_code == 503:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _request_id(request: HttpRequest) -> Any:
    return request.request_id  # type: ignore[attr-defined]


def _private(response: HttpResponse) -> HttpResponse:
    """Nothing that a host answered may be kept for another, or for another reader."""
    patch_vary_headers(response, ("Host", "Cookie"))
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-store"
    return response
