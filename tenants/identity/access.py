"""Who may open a page: asked before the view runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

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


def may_manage(view: View[Rest]) -> View[Rest]:
    """Only for those whose role lets them change the company's settings."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not context.actor().may("edit", SETTINGS):
            raise Denied(_("Only owners and administrators may change the settings."))
        return view(request, *args, **kwargs)

    return guarded
