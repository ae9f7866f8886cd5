"""A company made for an agency by those who run the platform."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from public_site.agency.actions import open_company
from public_site.agency.forms import CompanyForm, posted
from public_site.control.access import admins_only
from public_site.control.queries import agency_by_id
from tenants.directory.enums import AgencyStatus
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid


@require_http_methods(["GET", "POST"])
@admins_only
def new_company(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Raises Conflict for an agency whose doors are closed: its company could not be entered."""
    agency = agency_by_id(agency_id)
    if agency.status != AgencyStatus.ACTIVE:
        raise Conflict(_("This agency is not open. Open it first."))
    form = CompanyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_company(agency=agency, by=context.actor(), **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(name)s is ready.") % {"name": made.name})
            return redirect("control:company", made.pk)
    values = {"form": form, "agency": agency}
    return render(request, "control/company_new.html", values, status=422 if form.errors else 200)
