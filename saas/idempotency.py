"""A write that is sent twice happens once: the header `Idempotency-Key` of the API.

The first answer is kept for a day under the caller, the path and the key, and given again
to whoever repeats the request. Another body under the same key is refused.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from saas.problems import problem_response
from tenants.identity.viewing.inside import viewing_of
from tenants.kernel.errors import Conflict, DomainError

KEPT_SECONDS = 24 * 3600
RUNNING_SECONDS = 120
MOST_LETTERS = 200
METHODS = ("POST", "PUT", "PATCH", "DELETE")
KEPT_HEADERS = ("Content-Type", "ETag", "Location")


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    title = "This Idempotency-Key was sent with another request"


class Idempotency:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "").strip()
        is_asked = key and request.method in METHODS and request.path.startswith("/api/")
        # Who views as somebody is refused anew: that must not be kept under the other's name, nor theirs be given.
        if not is_asked or not request.user.is_authenticated or viewing_of(request):
            return self.get_response(request)
        if len(key) > MOST_LETTERS:
            return problem_response(KeyReused("Use a key of at most 200 characters.", field="Idempotency-Key"))
        return self._once(request, _name(request, key), hashlib.sha256(request.body).hexdigest())

    def _once(self, request: HttpRequest, name: str, body: str) -> HttpResponse:
        if not cache.add(name, {"body": body}, timeout=RUNNING_SECONDS):
            return _again(cache.get(name) or {}, body)
        try:
            response = self.get_response(request)
        except BaseException:
            cache.delete(name)
            raise
        if response.status_code >= 500 or response.streaming or "no-store" in response.get("Cache-Control", ""):
            cache.delete(name)
        else:
            cache.set(name, _kept(response, body), timeout=KEPT_SECONDS)
        return response


def _name(request: HttpRequest, key: str) -> str:
    parts = f"{request.user.pk}:{request.method}:{request.get_full_path()}:{key}"
    return f"idempotency:{hashlib.sha256(parts.encode()).hexdigest()}"


def _kept(response: HttpResponse, body: str) -> dict[str, Any]:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    return {"body": body, "status": response.status_code, "content": response.content, "headers": headers}


def _again(kept: dict[str, Any], body: str) -> HttpResponse:
    if kept.get("body") not in (None, body):
        return problem_response(KeyReused(field="Idempotency-Key", fix="Make a new key for each request."))
    if "status" not in kept:
        at_work = Conflict("The first request with this key is still at work.", field="Idempotency-Key")
        return problem_response(at_work)
    answer = HttpResponse(kept["content"], status=kept["status"], headers=kept["headers"])
    answer["Idempotent-Replayed"] = "true"
    return answer
