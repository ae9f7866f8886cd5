"""Errors of the builder's own requests, as JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from tenants.kernel.errors import Denied, DomainError
from tenants.kernel.problems import problem

View = Callable[..., HttpResponse]


def as_json(view: View) -> View:
    """What the domain refuses is told as a problem; who has to sign in first is sent to do so, as on every page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Denied:
            raise
        except DomainError as error:
            return JsonResponse(problem(error), status=error.status, content_type="application/problem+json")

    return answered
