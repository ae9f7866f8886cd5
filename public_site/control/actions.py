"""What platform admins do to agencies; companies' lives are those of `tenants.fleet.lifecycle`."""

from django.db import transaction
from django.utils.translation import gettext as _

from public_site.agency.audit import note
from tenants.directory import actions as directory
from tenants.directory.enums import AgencyStatus
from tenants.directory.models import Agency
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict


@transaction.atomic
def suspend_agency(*, agency: Agency, reason: str, by: Actor) -> None:
    """Close the agency's portal and with it every company of it. Data stays."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if agency.status == AgencyStatus.SUSPENDED:
        return
    if agency.status == AgencyStatus.PENDING:
        raise Conflict(_("This agency has not been opened yet."))
    directory.suspend_agency(agency=agency)
    note("agency.suspended", agency_id=agency.pk, by=by, reason=reason[:200])


@transaction.atomic
def resume_agency(*, agency: Agency, by: Actor) -> None:
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if agency.status != AgencyStatus.SUSPENDED:
        return
    directory.activate_agency(agency=agency)
    note("agency.resumed", agency_id=agency.pk, by=by)
