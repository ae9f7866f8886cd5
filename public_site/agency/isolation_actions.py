"""An agency has its own companies attacked, beside the night's turn."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from public_site.agency.audit import note
from tenants.directory.models import Agency
from tenants.fleet.isolation.actions import begin_proof
from tenants.fleet.isolation.queries import reports_of
from tenants.fleet.models import Operation
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict

PAUSE = timedelta(hours=1)
MOST_COMPANIES = 50


@transaction.atomic
def attack_own(*, agency: Agency, by: Actor) -> Operation:
    """The companies that waited longest. Raises Conflict: while one is under way, and within an hour of the last."""
    if reports_of(agency.pk).filter(created_at__gte=timezone.now() - PAUSE).exists():
        raise Conflict(_("Your companies were attacked within the last hour. Wait a little."))
    operation = begin_proof(by=by, agency=agency, companies=MOST_COMPANIES, rests=True)
    note("isolation.asked", agency_id=agency.pk, by=by)
    return operation
