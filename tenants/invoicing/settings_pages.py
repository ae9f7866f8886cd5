"""Settings, Invoicing: who sells and on which terms."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.identity.access import may_manage
from tenants.identity.settings_tabs import settings_tabs
from tenants.invoicing.forms import ProfileForm
from tenants.invoicing.numbers import next_number
from tenants.invoicing.profile import update_profile
from tenants.invoicing.queries import company_today, profile_now
from tenants.kernel import context
from tenants.kernel.errors import Invalid


@require_http_methods(["GET", "POST"])
@may_manage
def profile(request: HttpRequest) -> HttpResponse:
    found = profile_now()
    form = ProfileForm(request.POST or None, profile=found)
    if request.method == "POST" and form.is_valid():
        try:
            update_profile(values=form.cleaned_data, by=context.actor())
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved. Drafts follow; issued invoices stay as they are."))
            return redirect("invoicing:settings")
    number = next_number(country=found.country, tax_id=found.tax_id, prefix=found.prefix, on=company_today())
    values = {"form": form, "tabs": settings_tabs(request), "next_number": number}
    return render(request, "invoicing/settings.html", values, status=422 if form.errors else 200)
