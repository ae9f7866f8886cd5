"""Settings, Notifications: how people are told who have not said otherwise."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.identity.access import may_manage
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.notifications import wishing
from tenants.notifications.pages.wishes import chosen_in, shown_channels, table
from tenants.notifications.planning import EMPTY
from tenants.notifications.queries import wishes_of


@require_http_methods(["GET", "POST"])
@may_manage
def overview(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        wishing.set_defaults(chosen=chosen_in(request), by=context.actor())
        messages.success(request, _("Saved."))
        return redirect("notifications:defaults")
    values = {
        "tabs": settings_tabs(request), "groups": table(EMPTY, wishes_of(None)), "channels": shown_channels(),
    }  # fmt: skip
    return render(request, "notifications/defaults.html", values)
