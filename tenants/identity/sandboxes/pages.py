"""Settings, Sandboxes; and in a sandbox the mails it kept."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.directory.queries import company_tenant
from tenants.fleet.copies.actions import SANDBOX_DAYS
from tenants.identity.access import may_manage
from tenants.identity.sandboxes import actions, queries
from tenants.identity.sandboxes.forms import SandboxForm
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.switching.companies import may_switch
from tenants.kernel import context
from tenants.kernel.errors import Conflict, DomainError
from tenants.kernel.web import dialog_done, wants_part
from tenants.records.deploying.comparing import differences


@require_GET
@may_manage
def overview(request: HttpRequest) -> HttpResponse:
    """The sandboxes of a company; in a sandbox, its mails."""
    queries.require_owner(context.actor())
    if context.in_sandbox():
        return render(request, "sandboxes/mails.html", _values(request, mails=queries.kept_mails()))
    found = [{"company": one, "url": _url(one)} for one in queries.sandboxes()]
    values = _values(
        request, sandboxes=found, under_way=queries.under_way(), failed=queries.failed_last(),
        may_switch=may_switch(request),
    )  # fmt: skip
    part = wants_part(request, of="sandbox-list")
    return render(request, "sandboxes/sandboxes.html#list" if part else "sandboxes/sandboxes.html", values)


def _values(request: HttpRequest, **values: Any) -> dict[str, Any]:
    return {"tabs": settings_tabs(request), **values}


def _url(sandbox: Any) -> str:
    return company_tenant(sandbox.pk).base_url if sandbox.status == "active" else ""


@require_GET
@may_manage
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    queries.require_owner(context.actor())
    return render(request, "sandboxes/mail.html", {"mail": queries.kept_mail(str(mail_id))})


@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    queries.require_owner(context.actor())
    posted = request.POST if request.method == "POST" else None
    slug = f"{queries.this_company().slug[:32]}-sandbox"
    form = SandboxForm(posted, initial={"slug": slug, "days": SANDBOX_DAYS})
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_sandbox(by=context.actor(), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            return dialog_done(reverse("sandboxes"))
    return render(request, "sandboxes/new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@may_manage
def refresh(request: HttpRequest, sandbox_id: UUID) -> HttpResponse:
    return _acted(request, lambda: actions.refresh_sandbox(sandbox=_sandbox(sandbox_id), by=context.actor()))


@require_POST
@may_manage
def keep(request: HttpRequest, sandbox_id: UUID) -> HttpResponse:
    return _acted(
        request, lambda: actions.keep_sandbox(sandbox=_sandbox(sandbox_id), days=SANDBOX_DAYS, by=context.actor())
    )  # fmt: skip


@require_POST
@may_manage
def drop(request: HttpRequest, sandbox_id: UUID) -> HttpResponse:
    return _acted(request, lambda: actions.drop_sandbox(sandbox=_sandbox(sandbox_id), by=context.actor()))


def _sandbox(sandbox_id: UUID) -> Any:
    return queries.sandbox_by_id(sandbox_id)


def _acted(request: HttpRequest, act: Any) -> HttpResponse:
    try:
        act()
    except Conflict as error:
        messages.error(request, str(error.detail))
    url = reverse("sandboxes")
    return dialog_done(url) if wants_part(request) else redirect(url)


@require_http_methods(["GET", "POST"])
@may_manage
def changes(request: HttpRequest, sandbox_id: UUID) -> HttpResponse:
    """What differs, to choose from; POST begins the job."""
    queries.require_owner(context.actor())
    sandbox = _sandbox(sandbox_id)
    error = ""
    if request.method == "POST":
        try:
            job = actions.deploy_from(sandbox=sandbox, chosen=request.POST.getlist("chosen"), by=context.actor())
        except DomainError as refused:
            error = str(refused.detail)
        else:
            messages.success(request, _("The changes are on their way."))
            return redirect("job", job.pk)
    found = differences(sandbox)
    groups: dict[str, list[Any]] = {}
    for one in found:
        groups.setdefault(str(one.part.label), []).append(one)
    values = _values(request, sandbox=sandbox, groups=groups, count=len(found), error=error)
    return render(request, "sandboxes/changes.html", values, status=422 if error else 200)
