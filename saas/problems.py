"""Errors become answers: problem bodies for programs, pages and toasts for people."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from psycopg.errors import LockNotAvailable, QueryCanceled

from tenants.identity.access import check_key
from tenants.identity.support.inside import check_allowed
from tenants.identity.viewing.inside import check_looks_only
from tenants.kernel.errors import Denied, DomainError, NotFound, TooBusy, TookTooLong
from tenants.kernel.logs import logger
from tenants.kernel.problems import problem
from tenants.kernel.web import toast

log = logger(__name__)


class Problems:
    """Answers what the domain raised on a page. The API has a handler of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> HttpResponse | None:
        """What a support visitor, a key, or who views as somebody may not do is refused before any view runs."""
        try:
            check_allowed(request)
            check_key(request, view)
            check_looks_only(request)
        except Denied as error:
            is_api = request.path.startswith("/api/")
            return problem_response(error) if is_api else self.process_exception(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if took_too_long(error):
            log.warning("statement ended by its time limit", path=request.path, error=str(error))
            return busy(request, TookTooLong())
        if not isinstance(error, DomainError) or error.status >= 500:
            return None
        if isinstance(error, Denied) and not request.user.is_authenticated:
            return _to_sign_in(request)
        if getattr(request, "htmx", False):
            return toast(
                HttpResponse(status=error.status, headers={"HX-Reswap": "none"}), str(error.detail), tone="bad"
            )
        return plain_page(str(error.status), status=error.status, request=request, error=error)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """The whole page goes there, not the part that htmx asked for; and comes back to where the reader was."""
    if not getattr(request, "htmx", False):
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    return HttpResponse(status=204, headers={"HX-Redirect": redirect_to_login(back, settings.LOGIN_URL).url})


def problem_response(error: DomainError) -> JsonResponse:
    headers = {"Retry-After": str(error.retry_seconds)} if isinstance(error, TooBusy) else None
    return JsonResponse(problem(error), status=error.status, content_type="application/problem+json", headers=headers)


def took_too_long(error: Exception) -> bool:
    """Whether a time limit of the place ended a statement (`kernel.db.limits`)."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled | LockNotAvailable)


def busy(request: HttpRequest, error: TooBusy) -> HttpResponse:
    """Come again: as a problem body, as a toast that leaves the page alone, or as a page."""
    if request.path.startswith("/api/"):
        return problem_response(error)
    headers = {"Retry-After": str(error.retry_seconds)}
    if request.headers.get("HX-Request"):
        empty = HttpResponse(status=error.status, headers=headers | {"HX-Reswap": "none"})
        return toast(empty, f"{error.title}. {error.fix}", tone="bad")
    page = plain_page(str(error.status), status=error.status, request=request, error=error)
    page["Retry-After"] = headers["Retry-After"]
    return page


def plain_page(name: str, *, status: int, request: HttpRequest | None = None, **values: Any) -> HttpResponse:
    """An error page in the brand of the host, if it has one. Needs no database."""
    known = {"403", "404", "500", "unknown_host", "suspended", "offline"}
    template = f"errors/{name if name in known else '4xx'}.html"
    return HttpResponse(render_to_string(template, values, request), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(NotFound("There is no such address in the API."))
    return plain_page("404", status=404, request=request)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_page("403", status=403, request=request)


def failed(request: HttpRequest) -> HttpResponse:
    """The 500 page; the error itself is in the log and in Sentry."""
    try:
        return plain_page("500", status=500, request=request)
    except Exception:  # the brand or a template may be what failed
        log.exception("error page failed")
        return HttpResponse(
            "Something went wrong on our side. Please try again.", status=500, content_type="text/plain"
        )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = "This page is too old to send from. Load it again; what you typed may need to be copied first."
    if getattr(request, "htmx", False) or request.headers.get("HX-Request"):
        return toast(HttpResponse(status=403, headers={"HX-Reswap": "none"}), text, tone="bad")
    return plain_page("403", status=403, request=request, error=Denied(text))
