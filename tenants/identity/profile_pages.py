"""What people set for themselves."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenants.directory.enums import Face
from tenants.identity import people
from tenants.identity.access import signed_in
from tenants.identity.entry import tenant_of
from tenants.identity.forms import ActionForm, PasswordForm, ProfileForm
from tenants.identity.models import Delegation, User
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.signin.browsers import browsers_of
from tenants.identity.signin.browsers import end_session as act_end_session
from tenants.identity.standing.queries import stand_ins
from tenants.identity.throttle import SIGN_IN_ADDRESS
from tenants.kernel import context
from tenants.kernel.errors import Invalid


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_http_methods(["GET", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    user = _me(request)
    start = {"name": user.name, "time_zone": user.time_zone, "language": user.language}
    form = ProfileForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            people.update_profile(user=user, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("profile")
    return _page(request, profile=form)


@sensitive_post_parameters("current", "password")
@require_POST
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other browsers are signed out. Raises TooManyTries."""
    user, form = _me(request), PasswordForm(request.POST)
    if form.is_valid():
        SIGN_IN_ADDRESS.press(user.email)
        try:
            people.change_own_password(user=user, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            SIGN_IN_ADDRESS.release(user.email)
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. Other browsers are signed out."))
            return redirect("profile")
    return _page(request, password=form)


@require_POST
@signed_in
def end_session(request: HttpRequest, session: str) -> HttpResponse:
    user = _me(request)
    act_end_session(user=user, session=session, by=user.actor)
    messages.success(request, _("That browser is signed out."))
    return redirect("profile")


@require_POST
@signed_in
def other_sessions(request: HttpRequest) -> HttpResponse:
    ended = people.end_other_sessions(user=_me(request), keep=request.session.session_key or "")
    text = ngettext("%(n)d other browser is signed out.", "%(n)d other browsers are signed out.", ended)
    messages.success(request, text % {"n": ended})
    return redirect("profile")


def _page(
    request: HttpRequest, *, profile: ActionForm | None = None, password: ActionForm | None = None
) -> HttpResponse:
    user = _me(request)
    start = {"name": user.name, "time_zone": user.time_zone, "language": user.language}
    has_errors = any(form and form.errors for form in (profile, password))
    values = {
        "form": profile or ProfileForm(initial=start),
        "password_form": password or PasswordForm(),
        "browsers": browsers_of(user, this=request.session.session_key or ""),
        "stand_ins": _stand_ins(),
        "tabs": settings_tabs(request),
        "has_access": tenant_of(request).face == Face.COMPANY,
        "face_base": f"base/{tenant_of(request).face}.html",
    }
    return render(request, "identity/profile.html", values, status=422 if has_errors else 200)


def _stand_ins() -> list[Delegation] | None:
    """Who stands in for the reader, and for whom they do, now; None where there are no records to stand in for."""
    if not context.place().company_id:
        return None
    return [one for one in stand_ins(context.actor(), only_own=True) if not one.is_over]  # type: ignore[attr-defined]
