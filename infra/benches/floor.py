"""The application of a measured server: ours, and beside it a bare ninja endpoint.

The floor has no middleware, no host, no database: what Django, ninja and the
server cost before we do anything. Both run in the same processes and threads.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.test.utils import override_settings
from django.urls import path
from ninja import NinjaAPI, Schema

from infra.benches.floor_path import PATH
from saas.wsgi import application as ours

api = NinjaAPI(urls_namespace="floor", docs_url=None, openapi_url=None)


class Item(Schema):
    id: int
    name: str


@api.get("/item", response=Item)
def item(request: HttpRequest) -> Any:
    return {"id": 1, "name": "floor"}


urlpatterns = [path("floor/", api.urls)]


def with_floor_urls(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    def answer(request: HttpRequest) -> Any:
        request.urlconf = __name__
        return get_response(request)

    return answer


# A handler reads the list of middleware once, when it is made.
with override_settings(MIDDLEWARE=[f"{__name__}.with_floor_urls"]):
    _floor = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler: Any = _floor if environ["PATH_INFO"] == PATH else ours
    found: Iterable[bytes] = handler(environ, start_response)
    return found
