"""How much of the workers a company of each plan may have at once and in a minute."""

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.kernel.fair.lanes import Limits, set_limits

SHARES = {
    "free": Limits(at_once=2, a_minute=600),
    "basic": Limits(at_once=4, a_minute=3_000),
    "pro": Limits(at_once=8, a_minute=12_000),
    "enterprise": Limits(at_once=16, a_minute=0),
}
"""A plan that is not named has what the script of the lanes takes as usual."""


def tell() -> int:
    """Tell the broker the limits of every company that is open; how many have their own. In public."""
    rows = Company.objects.filter(status=CompanyStatus.ACTIVE).values_list("pk", "agency__plan")
    limits = {company_id: SHARES[plan] for company_id, plan in rows if plan in SHARES}
    set_limits(limits)
    return len(limits)
