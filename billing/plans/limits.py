"""What an agency's plan allows."""

from django.utils.translation import gettext as _

from billing.plans.enums import Quota
from billing.plans.models import Plan
from tenants.directory.models import Agency, Company
from tenants.fleet.lifecycle.rooms import before_taking
from tenants.kernel.errors import Conflict


@before_taking
def check_companies(agency: Agency) -> None:
    """Raise Conflict where one more company is more than the plan has."""
    plan = Plan.objects.filter(slug=agency.plan).first()
    most = plan.quotas.get(Quota.COMPANIES) if plan else None
    if most is not None and Company.objects.filter(agency=agency).count() >= most:
        words = _("The plan of %(agency)s allows %(most)d companies.") % {"agency": agency.name, "most": most}
        raise Conflict(words, fix=_("Change the plan first."))
