"""Who may open a page: asked before the view runs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tenants.identity.enums import SETTINGS
from tenants.kernel import context
from tenants.kernel.errors import Denied

Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def signed_in(view: View[Rest]) -> View[Rest]:
    """Only for people who are signed in; others are led to the sign-in page and back."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            raise Denied(_("Sign in first."))
        return view(request, *args, **kwargs)

    return guarded


def for_programs(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that API keys may ask for, too: the API's answers point at it."""
    view.takes_keys = True  # type: ignore[attr-defined]
    return view


def check_key(request: HttpRequest, view: Callable[..., Any]) -> None:
    """Raise Denied for a key at a page: it opens the API, where its scopes are asked for, and nothing else."""
    is_key = getattr(request, "api_key", None) is not None
    if is_key and not request.path.startswith("/api/") and not getattr(view, "takes_keys", False):
        raise Denied(_("A key opens the API. For pages, sign in."))


def require_oneself(request: HttpRequest) -> None:
    """Raise Denied for a key that was made for some things only: the account of its person is none of them."""
    key = getattr(request, "api_key", None)
    if key is not None and key.scopes is not None:
        raise Denied(_("This key was made for some things, and the account of its person is none of them."))


def may_manage(view: View[Rest]) -> View[Rest]:
    """Only for those whose role lets them change the company's settings."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not context.actor().may("edit", SETTINGS):
            raise Denied(_("Only owners and administrators may change the settings."))
        return view(request, *args, **kwargs)

    return guarded
