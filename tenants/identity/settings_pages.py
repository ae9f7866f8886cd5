"""The company's settings: people, keys, company. For owners and administrators."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.directory.hosts import company_now
from tenants.identity import actions, queries
from tenants.identity import people as acts
from tenants.identity.access import may_manage, signed_in
from tenants.identity.company import update_company
from tenants.identity.forms import ActionForm, CompanyForm, InviteForm, KeyForm, RoleForm
from tenants.identity.keys import subjects
from tenants.identity.models import User
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.ticks import tick_rows
from tenants.identity.viewing.rules import may_begin
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import dialog_done

VERB_LABELS = (
    _lazy("See"), _lazy("Create"), _lazy("Change"), _lazy("Delete"), _lazy("Export"), _lazy("Show confidential"),
)  # fmt: skip


@require_GET
@signed_in
def start(request: HttpRequest) -> HttpResponse:
    tabs = settings_tabs(request)
    return HttpResponseRedirect(tabs[0]["url"] if tabs else reverse("profile"))


@require_GET
@may_manage
def people(request: HttpRequest) -> HttpResponse:
    values = {
        "people": queries.everybody(), "tabs": settings_tabs(request), "may_view_as": may_begin(context.actor()),
    }  # fmt: skip
    return render(request, "identity/people.html", values)


@require_http_methods(["GET", "POST"])
@may_manage
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, initial={"role": "sales-rep"})

    def act(values: dict[str, Any]) -> str:
        user = acts.invite_user(**values, by=context.actor())
        return _("The invitation for %(email)s is on its way.") % {"email": user.email}

    return _dialog(request, form, act, _("Invite a person"), _("Send invitation"), "people")


@require_http_methods(["GET", "POST"])
@may_manage
def role(request: HttpRequest, user_id: UUID) -> HttpResponse:
    user = queries.user_by_id(user_id)
    form = RoleForm(request.POST or None, initial={"role": user.role.slug if user.role else ""})

    def act(values: dict[str, Any]) -> str:
        changed = acts.change_role(user=user, role=values["role"], by=context.actor())
        return _("%(name)s is now %(role)s.") % {"name": changed, "role": changed.role}

    return _dialog(request, form, act, _("Role of %(name)s") % {"name": user}, _("Change role"), "people")


@require_POST
@may_manage
def invitation(request: HttpRequest, user_id: UUID) -> HttpResponse:
    user = queries.user_by_id(user_id)
    acts.resend_invitation(user=user, by=context.actor())
    return _done(request, _("Another invitation for %(email)s is on its way.") % {"email": user.email}, "people")


@require_POST
@may_manage
def deactivation(request: HttpRequest, user_id: UUID) -> HttpResponse:
    user = queries.user_by_id(user_id)
    acts.deactivate_user(user=user, by=context.actor())
    return _done(request, _("%(name)s can no longer sign in.") % {"name": user}, "people")


@require_POST
@may_manage
def activation(request: HttpRequest, user_id: UUID) -> HttpResponse:
    user = queries.user_by_id(user_id)
    acts.reactivate_user(user=user, by=context.actor())
    return _done(request, _("%(name)s can sign in again.") % {"name": user}, "people")


@require_GET
@may_manage
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/keys.html", {"keys": queries.keys(), "tabs": settings_tabs(request)})


@require_http_methods(["GET", "POST"])
@may_manage
def new_key(request: HttpRequest) -> HttpResponse:
    """The answer to a good form is the key itself, this once."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = cast(User, request.user)
            given = {"name": form.cleaned_data["name"], "days": form.cleaned_data["days"]}
            key, secret = actions.create_api_key(user=user, scopes=form.chosen_scopes(), by=context.actor(), **given)
            return _draw(request, "identity/key_made.html", {"key": key, "secret": secret})
        except Invalid as error:
            form.refuse(error)
    ticked = set(request.POST.getlist("scopes"))
    rows = tick_rows(context.actor(), ticked, subjects())
    values = {"form": form, "rows": rows, "verbs": VERB_LABELS, "action_url": request.path}
    return _draw(request, "identity/key_new.html", values, status=422 if form.errors else 200)


@require_POST
@may_manage
def revocation(request: HttpRequest, key_id: UUID) -> HttpResponse:
    key = queries.key_by_id(key_id)
    actions.revoke_api_key(key=key, by=context.actor())
    return _done(request, _("The key “%(name)s” no longer works.") % {"name": key.name}, "keys")


@require_http_methods(["GET", "POST"])
@may_manage
def company(request: HttpRequest) -> HttpResponse:
    now = company_now()
    shown = {name: getattr(now, name) for name in ("name", "time_zone", "language", "currency")}
    form = CompanyForm(request.POST or None, initial=shown)
    if request.method == "POST" and form.is_valid():
        try:
            update_company(**form.cleaned_data, by=context.actor())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("company-settings")
    status = 422 if form.errors else 200
    return render(request, "identity/company.html", {"form": form, "tabs": settings_tabs(request)}, status=status)


def _dialog(
    request: HttpRequest, form: ActionForm, act: Callable[[dict[str, Any]], str], title: str, submit: str, back: str
) -> HttpResponse:
    """Show a form; a good one is acted on and leads back with a word, a refused one is shown again."""
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, act(form.cleaned_data), back)
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.refuse(Invalid({error.field: [f"{error.detail}. {error.fix}".strip()]}))
    return _draw_form(request, form, title, submit)


def _draw_form(request: HttpRequest, form: ActionForm, title: str, submit: str) -> HttpResponse:
    values = {"form": form, "title": title, "submit": submit, "action_url": request.path}
    return _draw(request, "identity/settings_form.html", values, status=422 if form.errors else 200)


def _draw(request: HttpRequest, template: str, values: dict[str, Any], status: int = 200) -> HttpResponse:
    """In a dialog for htmx, as a page of its own otherwise."""
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, f"{template}#dialog", values, status=status)
    return render(request, template, values | {"tabs": settings_tabs(request)}, status=status)


def _done(request: HttpRequest, text: str, back: str) -> HttpResponse:
    messages.success(request, text)
    is_partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return dialog_done(reverse(back)) if is_partial else redirect(back)
