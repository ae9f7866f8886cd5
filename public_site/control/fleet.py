"""The fleet in the control panel: which companies stand where, what failed, what somebody changed by hand."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import CharField, IntegerField, TextInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from public_site.agency.forms import PortalForm, posted
from public_site.control.access import admins_only
from tenants.fleet.migrating import head
from tenants.fleet.models import Operation
from tenants.fleet.operations.queries import OperationView
from tenants.fleet.upgrading import actions
from tenants.fleet.upgrading.limits import Limits
from tenants.fleet.upgrading.queries import drifted, failed, overview, with_companies
from tenants.kernel import context
from tenants.kernel.errors import DomainError
from tenants.kernel.web import dialog_done

SHOWN = 50


class MigrateForm(PortalForm):
    canary = CharField(
        label=gettext_lazy("Who goes first"), initial=actions.CANARY, max_length=8,
        help_text=gettext_lazy("A number of companies or a part like 5%. The rest follows once these are verified."),
        widget=TextInput(attrs={"autofocus": True}),
    )  # fmt: skip
    workers = IntegerField(label=gettext_lazy("At once"), initial=lambda: settings.FLEET_WORKERS, min_value=1)
    stop_after = IntegerField(label=gettext_lazy("Stop after failures"), initial=actions.STOP_AFTER, min_value=1)
    statement_seconds = IntegerField(
        label=gettext_lazy("Longest statement, in seconds"), initial=Limits.statement_seconds, min_value=1
    )


@require_GET
@admins_only
def fleet(request: HttpRequest) -> HttpResponse:
    """`HX-Request` asks for the part that changes while a migration runs."""
    is_pulse = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "control/fleet.html#pulse" if is_pulse else "control/fleet.html", _shown())


def _shown() -> dict[str, Any]:
    under_way = actions.open_migration()
    failures, drift = failed(), drifted()
    return {
        "found": overview(), "head": head()[:12], "under_way": OperationView(under_way) if under_way else None,
        "failures": with_companies(failures[:SHOWN]), "failure_count": failures.count(),
        "drifted": with_companies(drift[:SHOWN]), "drift_count": drift.count(),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@admins_only
def migrate(request: HttpRequest) -> HttpResponse:
    form = MigrateForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            begun = actions.begin_migration(by=context.actor(), **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            return _led(request, begun)
    values = {"form": form, "behind": overview().behind}
    return render(request, "control/fleet_migrate.html", values, status=422 if form.errors else 200)


@require_POST
@admins_only
def verify(request: HttpRequest) -> HttpResponse:
    return _led(request, actions.begin_verification(by=context.actor()))


@require_POST
@admins_only
def retry(request: HttpRequest, schema: str) -> HttpResponse:
    begun = actions.retry(schema=schema, by=context.actor())
    messages.success(request, _("The company is being tried again."))
    return _led(request, begun)


@require_POST
@admins_only
def retry_all(request: HttpRequest) -> HttpResponse:
    return _led(request, actions.retry_all(by=context.actor()))


def _led(request: HttpRequest, operation: Operation) -> HttpResponse:
    """To the operation's own page, where it can be watched."""
    url = reverse("control:operation", args=[operation.pk])
    return dialog_done(url) if request.htmx and not request.htmx.boosted else redirect(url)  # type: ignore[attr-defined]
