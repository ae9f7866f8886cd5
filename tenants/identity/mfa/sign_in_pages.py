"""The second step of signing in: the code, or setting one up where the rules ask for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenants.identity.entry import refuse
from tenants.identity.errors import LinkInvalid, TooManyTries
from tenants.identity.mfa.codes import secret_in_set_up, set_up_app, take_code
from tenants.identity.mfa.forms import AppCodeForm, CodeForm
from tenants.identity.mfa.picture import picture_for
from tenants.identity.models import Authenticator, AuthenticatorKind
from tenants.identity.signin.rules import has_second_factor, policy_now
from tenants.identity.signin.steps import Waiting, finish, waiting
from tenants.identity.signin.where import go_there
from tenants.identity.throttle import CODE_USER
from tenants.kernel.errors import Denied, Invalid


def _waiting(request: HttpRequest) -> Waiting | None:
    try:
        return waiting(request)
    except LinkInvalid:
        return None


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """A code, or a passkey. Whoever waits too long begins again."""
    who = _waiting(request)
    if who is None:
        return redirect("sign-in")
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            return go_there(request, _take(request, who, form.cleaned_data["code"]))
        except (Denied, Invalid, TooManyTries) as error:
            status = error.status
            form.refuse(error if isinstance(error, Invalid) else Invalid({"": [str(error.detail)]}))
    kinds = set(Authenticator.objects.filter(user=who.user).values_list("kind", flat=True))
    values = {
        "form": form, "person": who.user, "has_passkey": AuthenticatorKind.PASSKEY in kinds,
        "has_codes": bool(kinds & {AuthenticatorKind.TOTP, AuthenticatorKind.RECOVERY}),
    }  # fmt: skip
    status = 422 if status == 200 and form.errors else status
    return render(request, "identity/mfa/second.html", values, status=status)


def _take(request: HttpRequest, who: Waiting, code: str) -> str:
    """Raises Invalid, TooManyTries."""
    CODE_USER.press(str(who.user.pk))
    if not take_code(user=who.user, code=code):
        refuse(request, who.user.email, method="second", reason="code")
        raise Invalid({"code": [_("This code is not right, or has been used.")]})
    CODE_USER.release(str(who.user.pk))
    return finish(request, who.user, method=who.method, next=who.next)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """For people without a second factor whose company asks for one: there is no way around this page."""
    who = _waiting(request)
    if who is None or has_second_factor(who.user):
        return redirect("sign-in")
    form, secret = AppCodeForm(request.POST or None), secret_in_set_up(who.user)
    if request.method == "POST" and form.is_valid():
        try:
            codes = set_up_app(user=who.user, secret=secret, code=form.cleaned_data["code"], by=who.user.actor)
        except Invalid as error:
            form.refuse(error)
        else:
            where = finish(request, who.user, method=who.method, next=who.next)
            return render(request, "identity/mfa/first_codes.html", {"codes": codes, "url": where})
    values: dict[str, Any] = picture_for(request, who.user, secret)
    values |= {"form": form, "person": who.user, "may_passkey": policy_now().allows_passkeys}
    return render(request, "identity/mfa/set_up.html", values, status=422 if form.errors else 200)
