"""Reads of the price list."""

from django.db.models import QuerySet

from billing.plans.enums import Quota
from billing.plans.models import Plan
from tenants.kernel.errors import Invalid


def plans_on_sale() -> QuerySet[Plan]:
    return Plan.objects.filter(is_public=True)


def plan_on_sale(slug: str) -> Plan:
    """Raises Invalid for a plan that nobody can choose."""
    found = plans_on_sale().filter(slug=slug).first()
    if not found:
        raise Invalid({"plan": ["Choose one of the plans on the price list."]})
    return found


def quota_lines(plan: Plan) -> list[tuple[Quota, int | None]]:
    """The plan's limits in the order of the price list; None is unlimited."""
    return [(quota, plan.quotas[quota]) for quota in Quota if quota in plan.quotas]
