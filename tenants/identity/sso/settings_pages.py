"""The settings of single sign-on: providers, proven mail domains, and whether it is the only way in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.directory.dns import txt_name
from tenants.identity.access import may_manage
from tenants.identity.models import MailDomain, SsoConnection, SsoKind
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.signin.asked import tenant_of
from tenants.identity.signin.policy import update_policy
from tenants.identity.signin.rules import policy_now
from tenants.identity.signin.tabs import inner_tabs
from tenants.identity.sso import saml
from tenants.identity.sso import settings as acts
from tenants.identity.sso.forms import DomainForm, OidcForm, ProviderForm, SamlForm
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.web import dialog_done, wants_part

FORMS: dict[str, type[ProviderForm]] = {SsoKind.OIDC: OidcForm, SsoKind.SAML: SamlForm}


@require_GET
@may_manage
def overview(request: HttpRequest) -> HttpResponse:
    domains = list(MailDomain.objects.select_related("joins_as"))
    for one in domains:
        one.record = txt_name(one.domain)  # type: ignore[attr-defined]
    values = {"connections": list(SsoConnection.objects.select_related("default_role")), "domains": domains}
    return _draw(request, "identity/sso/overview.html", values | {"rules": policy_now()})


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise NotFound
    return _provider(request, SsoConnection(kind=kind, trusts_emails=kind == SsoKind.SAML))


@sensitive_post_parameters("client_secret")
@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    return _provider(request, acts.connection_by_id(connection_id))


def _provider(request: HttpRequest, connection: SsoConnection) -> HttpResponse:
    acts.require_owner(context.actor())
    form = FORMS[connection.kind](request.POST or None, connection=connection)
    if request.method == "POST" and form.is_valid():
        try:
            acts.save_connection(connection=connection, values=form.values(), by=context.actor())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Try it once in another browser before you rely on it."))
            return redirect("sso-edit", connection.pk)
    base_url = tenant_of(request).base_url
    told: dict[str, str] = {}
    if connection.slug and connection.kind == SsoKind.SAML:
        told = {"entity": saml.entity_id(connection, base_url), "acs": saml.acs_url(connection, base_url)}
    elif connection.slug:
        told = {"back": base_url + reverse("sso-back", args=[connection.slug])}
    values = {"form": form, "connection": connection, "told": told}
    return _draw(request, "identity/sso/provider.html", values, status=422 if form.errors else 200)


@require_POST
@may_manage
def switch(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    found = acts.connection_by_id(connection_id)
    acts.switch_connection(connection=found, is_enabled=not found.is_enabled, by=context.actor())
    return _done(request, _("%(name)s is switched on.") if found.is_enabled else _("%(name)s is switched off."), found)


@require_POST
@may_manage
def delete(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    found = acts.connection_by_id(connection_id)
    acts.delete_connection(connection=found, by=context.actor())
    return _done(request, _("%(name)s is gone; its people are still here."), found)


@require_POST
@may_manage
def only(request: HttpRequest) -> HttpResponse:
    """Whether single sign-on is the only way in."""
    acts.require_owner(context.actor())
    wanted = request.POST.get("only") == "1"
    try:
        update_policy(values={"is_sso_only": wanted}, by=context.actor())
        messages.success(request, _("Saved."))
    except Invalid as error:
        messages.error(request, next(iter(error.errors.values()))[0])
    return redirect("sso-settings")


@require_http_methods(["GET", "POST"])
@may_manage
def new_domain(request: HttpRequest) -> HttpResponse:
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = acts.add_domain(**form.cleaned_data, by=context.actor())
            return _done(request, _("Now add the TXT record of %(name)s."), found)
        except Invalid as error:
            form.refuse(error)
    values = {"form": form, "title": _("Prove a domain"), "submit": _("Go on"), "action_url": request.path}
    template = "identity/settings_form.html"
    return _draw(
        request, f"{template}#dialog" if wants_part(request) else template, values, 422 if form.errors else 200
    )


@require_POST
@may_manage
def check_domain(request: HttpRequest, domain_id: UUID) -> HttpResponse:
    found = acts.verify_domain(domain=acts.domain_by_id(domain_id), by=context.actor())
    return _done(request, _("%(name)s is proven to be yours."), found)


@require_POST
@may_manage
def drop_domain(request: HttpRequest, domain_id: UUID) -> HttpResponse:
    found = acts.domain_by_id(domain_id)
    acts.delete_domain(domain=found, by=context.actor())
    return _done(request, _("%(name)s is not in the list any more."), found)


def _done(request: HttpRequest, text: str, about: Any) -> HttpResponse:
    messages.success(request, text % {"name": about})
    return dialog_done(reverse("sso-settings")) if wants_part(request) else redirect("sso-settings")


def _draw(request: HttpRequest, template: str, values: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = {"tabs": settings_tabs(request), "views": inner_tabs(request)}
    return render(request, template, frame | values, status=status)
