"""Signing in and out, the forgotten password, the accepted invitation. The same on every face."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants.identity import entry, people
from tenants.identity.access import signed_in
from tenants.identity.doors import way_in
from tenants.identity.errors import LinkInvalid, TooManyTries
from tenants.identity.forms import ActionForm, ForgotForm, ResetForm, SignInForm, WelcomeForm
from tenants.identity.models import User
from tenants.identity.signin.rules import policy_now
from tenants.identity.signin.steps import WELCOME, go_on
from tenants.identity.signin.where import go_there
from tenants.identity.sso.queries import ways_in
from tenants.identity.throttle import LINK_MACHINE, SIGN_IN_ADDRESS, machine_of
from tenants.identity.tokens import user_for_token
from tenants.kernel.errors import Denied, DomainError, Invalid

__all__ = ["signed_in"]


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(entry.safe_next(request) or _home(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            where = entry.sign_in(request, **form.cleaned_data)
        except (Denied, Invalid, TooManyTries) as error:
            return _refused(request, "identity/sign_in.html", form, error)
        return go_there(request, where)
    return _page(request, "identity/sign_in.html", form)


def _home(request: HttpRequest) -> str:
    user = request.user
    where = way_in(user, entry.tenant_of(request)) if isinstance(user, User) else None
    return where or "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    entry.sign_out(request)
    messages.success(request, _("You are signed out."))
    return redirect("sign-in")


@require_http_methods(["GET", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Says the same whether the address is known or not."""
    form = ForgotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            entry.ask_for_reset(request, email=email)
        except TooManyTries as error:
            return _refused(request, "identity/forgot.html", form, error)
        return render(request, "identity/forgot_sent.html", {"email": email})
    return _page(request, "identity/forgot.html", form)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    form = ResetForm(request.POST or None)
    try:
        user = _user_of_link(request, user_id, token, "reset")
        if request.method == "POST" and form.is_valid():
            people.reset_password(user_id=user_id, token=token, **form.cleaned_data)
            SIGN_IN_ADDRESS.release(user.email)
            messages.success(request, _("Your password is changed. Sign in with the new one."))
            return redirect("sign-in")
    except Invalid as error:
        return _refused(request, "identity/reset.html", form, error, person=user)
    except LinkInvalid:
        return _dead_link(request, "reset")
    return _page(request, "identity/reset.html", form, person=user, is_old="old" in request.GET)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, user_id: UUID, token: str) -> HttpResponse:
    """An invited person gives itself a name and a password, and is in."""
    try:
        user = _user_of_link(request, user_id, token, "invite")
        form = WelcomeForm(request.POST or None, initial={"name": user.name})
        if request.method == "POST" and form.is_valid():
            user = people.accept_invitation(user_id=user_id, token=token, **form.cleaned_data)
            messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
            return go_there(request, go_on(request, user, method=WELCOME))
    except Invalid as error:
        return _refused(request, "identity/welcome.html", form, error, person=user)
    except LinkInvalid:
        return _dead_link(request, "invite")
    return _page(request, "identity/welcome.html", form, person=user)


def _user_of_link(request: HttpRequest, user_id: UUID, token: str, purpose: str) -> User:
    """Whose link this is; each dead one counts against the machine. Raises LinkInvalid, TooManyTries."""
    try:
        return user_for_token(user_id, token, purpose=purpose)
    except LinkInvalid:
        LINK_MACHINE.press(machine_of(request))
        raise


def _dead_link(request: HttpRequest, purpose: str) -> HttpResponse:
    return render(request, "identity/dead_link.html", {"purpose": purpose}, status=LinkInvalid.status)


def _page(request: HttpRequest, template: str, form: ActionForm, **more: Any) -> HttpResponse:
    values = {
        "form": form,
        "next": entry.safe_next(request),
        "rules": policy_now(),
        "providers": ways_in(),
        "as_owner": "owner" in request.GET or request.method == "POST",
    }
    return render(request, template, values | more, status=422 if form.errors else 200)


def _refused(request: HttpRequest, template: str, form: ActionForm, error: DomainError, **more: Any) -> HttpResponse:
    """The form again, with what the action said against it."""
    form.refuse(error if isinstance(error, Invalid) else Invalid({"": [str(error.detail)]}))
    response = _page(request, template, form, **more)
    response.status_code = error.status
    return response
