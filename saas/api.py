"""The APIs, one for each face: routes of record types and modules, keys, problem bodies."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from saas.openapi import finished
from saas.problems import problem_response, took_too_long
from tenants.identity.explained.api import access_router
from tenants.identity.revealing.api import reveal_router
from tenants.kernel.answers import Document
from tenants.kernel.errors import Denied, DomainError, Invalid, NotFound, TookTooLong
from tenants.kernel.modules import modules
from tenants.records.api import router_for
from tenants.records.bin.api import deleted
from tenants.records.bulk.api import bulk_router
from tenants.records.custom.api import fields
from tenants.records.duplicates.api import duplicates
from tenants.records.exporting.api import exports
from tenants.records.files.api import router as files
from tenants.records.follows.api import router as follows
from tenants.records.importing.api import imports
from tenants.records.jobs.api import jobs
from tenants.records.merging.api import merge_router, merges
from tenants.records.notes.api import router as notes
from tenants.records.outbox.api import events
from tenants.records.past.api import past_router, rewinds
from tenants.records.registry import record_types
from tenants.records.search.api import router as search
from tenants.records.sharing.api import shares_router
from tenants.records.tagging.api import router as tags
from tenants.records.views.api import me_router as me
from tenants.records.views.api import router as views


class Unauthenticated(DomainError):
    code = "unauthenticated"
    status = 401
    title = "Send an API key"


class Key(HttpBearer):
    """`Authorization: Bearer <api key>`; the actor was found by the middleware."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "api_key", None)


class Browser(APIKeyCookie):
    """The signed-in person's session, with CSRF token on writes."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user if request.user.is_authenticated else None


def make_api(face: str, routers: list[tuple[str, Any]]) -> NinjaAPI:
    api = NinjaAPI(
        title="API", version="1.0.0", urls_namespace=f"api-{face}", auth=[Key(), Browser()],
        docs_url=None, openapi_url=None,
    )  # fmt: skip
    for prefix, router in routers:
        api.add_router(prefix, router)
    _answer_errors(api)
    return api


def _answer_errors(api: NinjaAPI) -> None:
    for kind, translated in TRANSLATIONS.items():
        api.add_exception_handler(kind, _handler(translated))


def _handler(translated: Callable[[Any], DomainError]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: problem_response(translated(error))


def _database(error: OperationalError) -> DomainError:
    """What a time limit ended is told; all else stays an error of ours."""
    if took_too_long(error):
        return TookTooLong()
    raise error


def _http_error(error: HttpError) -> DomainError:
    found = DomainError(str(error))
    found.status = error.status_code
    return found


def _invalid(error: ValidationError) -> Invalid:
    """Pydantic's findings as field and message."""
    found: dict[str, list[str]] = {}
    for one in error.errors:
        steps = [str(step) for step in one["loc"] if step not in ("body", "query", "path", "header")]
        found.setdefault(".".join(steps) or "body", []).append(one["msg"])
    return Invalid(found)


TRANSLATIONS: dict[type[Exception], Callable[[Any], DomainError]] = {
    DomainError: lambda error: error,
    ValidationError: _invalid,
    AuthenticationError: lambda error: Unauthenticated("Send “Authorization: Bearer <api key>” with a valid key."),
    Http404: lambda error: NotFound(),
    PermissionDenied: lambda error: Denied(),
    HttpError: _http_error,
    OperationalError: _database,
}


# Those with words of their own before the one whose second step is an id.
OF_A_TYPE = (bulk_router, merge_router, reveal_router, router_for, shares_router, access_router, past_router)


def company_api() -> NinjaAPI:
    routers: list[tuple[str, Any]] = [(f"/{t.name}", make(t)) for t in record_types() for make in OF_A_TYPE]
    routers += [
        ("/notes", notes),
        ("/files", files),
        ("/tags", tags),
        ("/follows", follows),
        ("/jobs", jobs),
        ("/imports", imports),
        ("/exports", exports),
        ("/merges", merges),
        ("/bin", deleted),
        ("/events", events),
        ("/duplicates", duplicates),
        ("/fields", fields),
        ("/search", search),
        ("/rewinds", rewinds),
    ]
    routers += [("/views", views), ("/me", me)]
    routers += [(prefix, import_string(path)) for module in modules() for prefix, path in module.routers]
    return make_api("company", routers)


def agency_api() -> NinjaAPI:
    return make_api("agency", [(prefix, import_string(f"public_site.agency.{path}")) for prefix, path in OF_AN_AGENCY])


OF_AN_AGENCY = (
    ("/companies", "api.companies"),
    ("/companies", "backup_api.backups"),
    ("/companies", "copies_api.copies"),
    ("/companies", "life_api.lives"),
    ("/packages", "copies_api.packages"),
    ("/operations", "copies_api.operations"),
    ("/transfers", "life_api.transfers"),
    ("/certificates", "life_api.certificates"),
    ("/staff", "staff_api.staff"),
    ("/fleet-commands", "commands_api.router"),
    ("/isolation-reports", "isolation_api.isolation"),
)


def document(api: NinjaAPI) -> Any:
    """A view of the API document, titled by the brand of the host that is asked."""

    @cache
    def described() -> dict[str, Any]:
        """Made once a process: it takes seconds."""
        return finished(dict(Document(api, "/api/v1/")))

    @require_GET
    def openapi(request: HttpRequest) -> JsonResponse:
        brand = request.brand  # type: ignore[attr-defined]
        found = dict(described())
        found["info"] = {"title": f"{brand.product_name} API", "version": api.version}
        found["servers"] = [{"url": request.tenant.base_url}]  # type: ignore[attr-defined]
        return JsonResponse(found)

    return openapi
