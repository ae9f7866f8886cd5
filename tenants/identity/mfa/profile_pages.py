"""A person's own second factors."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity.access import may_manage, signed_in
from tenants.identity.errors import ProveAgain
from tenants.identity.mfa.codes import (
    make_recovery_codes,
    recovery_codes_left,
    remove_authenticator,
    remove_second_factors,
    secret_in_set_up,
    set_up_app,
)
from tenants.identity.mfa.forms import AppCodeForm, ProofForm
from tenants.identity.mfa.picture import picture_for
from tenants.identity.mfa.proof import is_fresh, prove, require_fresh
from tenants.identity.models import Authenticator, AuthenticatorKind, User
from tenants.identity.queries import user_by_id
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.signin.asked import own_path, tenant_of
from tenants.identity.signin.rules import STRONG, policy_now
from tenants.kernel import context
from tenants.kernel.errors import DomainError, Invalid, NotFound
from tenants.kernel.web import dialog_done, wants_part


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@signed_in
def factors(request: HttpRequest) -> HttpResponse:
    user = _me(request)
    rows = list(Authenticator.objects.filter(user=user, kind__in=STRONG))
    values = {
        "factors": rows,
        "has_app": any(row.kind == AuthenticatorKind.TOTP for row in rows),
        "codes_left": recovery_codes_left(user),
        "is_must": policy_now().wants_second_factor(user),
        "may_passkey": policy_now().allows_passkeys,
        "is_fresh": is_fresh(request),
    }
    return _draw(request, "identity/mfa/factors.html", values)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@signed_in
def app(request: HttpRequest) -> HttpResponse:
    if not is_fresh(request):
        return _to_proof(request)
    user, form = _me(request), AppCodeForm(request.POST or None)
    secret = secret_in_set_up(user)
    if request.method == "POST" and form.is_valid():
        try:
            codes = set_up_app(user=user, secret=secret, code=form.cleaned_data["code"], by=user.actor)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("From now on you are asked for a code of your app."))
            return _draw(request, "identity/mfa/codes.html", {"codes": codes}) if codes else redirect("factors")
    status = 422 if form.errors else 200
    return _draw(request, "identity/mfa/app.html", picture_for(request, user, secret) | {"form": form}, status)


@require_POST
@signed_in
def recovery(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes, shown this once."""
    if not is_fresh(request):
        return _to_proof(request)
    user = _me(request)
    if not Authenticator.objects.filter(user=user, kind__in=STRONG).exists():
        raise NotFound(_("Set up an app or a passkey first."))
    return _draw(request, "identity/mfa/codes.html", {"codes": make_recovery_codes(user=user, by=user.actor)})


@require_POST
@signed_in
def removal(request: HttpRequest, authenticator_id: UUID) -> HttpResponse:
    if not is_fresh(request):
        return _to_proof(request)
    user = _me(request)
    found = Authenticator.objects.filter(user=user, kind__in=STRONG, pk=authenticator_id).first()
    if not found:
        raise NotFound
    remove_authenticator(user=user, authenticator=found, by=user.actor)
    messages.success(request, _("Removed."))
    return redirect("factors")


@sensitive_post_parameters("proof")
@require_http_methods(["GET", "POST"])
@signed_in
def proof(request: HttpRequest) -> HttpResponse:
    """Once more who one is, then back to where one was going."""
    form, status = ProofForm(request.POST or None), 200
    back = own_path(request, request.POST.get("back") or request.GET.get("back") or "") or reverse("factors")
    if request.method == "POST" and form.is_valid():
        try:
            prove(request, _me(request), form.cleaned_data["proof"])
            return redirect(back)
        except DomainError as error:
            status = error.status
            form.refuse(error if isinstance(error, Invalid) else Invalid({"": [str(error.detail)]}))
    return _draw(request, "identity/mfa/proof.html", {"form": form, "back": back}, status)


@require_POST
@may_manage
def reset_for(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """An administrator helps somebody whose phone is lost."""
    person = user_by_id(user_id)
    if person.pk == _me(request).pk:
        require_fresh(request)
    remove_second_factors(user=person, by=context.actor())
    messages.success(request, _("%(name)s has no second factor any more, and is signed out.") % {"name": person})
    return dialog_done(reverse("people")) if wants_part(request) else redirect("people")


def _to_proof(request: HttpRequest) -> HttpResponse:
    """To the proof and back: to the page asked for, or to the list after a button."""
    if request.headers.get("Accept", "").startswith("application/json"):
        raise ProveAgain
    back = request.path if request.method == "GET" else reverse("factors")
    return redirect(f"{reverse('prove')}?back={back}")


def _draw(request: HttpRequest, template: str, values: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = {"tabs": settings_tabs(request), "face_base": f"base/{tenant_of(request).face}.html"}
    return render(request, template, frame | values, status=status)
