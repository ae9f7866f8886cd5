"""How much a company of each plan may have done for it: steps of workflows in a month.

What is over waits until the next month, or until the plan is a larger one: nothing is lost.
"""

from django.db.models import Sum

from tenants.automation.models import Workflow
from tenants.kernel import context

STEPS_A_MONTH = {"free": 5_000, "basic": 100_000, "pro": 2_000_000}
"""A plan that is not named, like enterprise, has no limit."""


def most_steps() -> int | None:
    return STEPS_A_MONTH.get(context.place().plan)


def steps_done(month: str) -> int:
    """Of all workflows of the company, those in the archive too."""
    return int(Workflow.objects.filter(month=month).aggregate(all=Sum("month_steps"))["all"] or 0)


def is_used_up(month: str) -> bool:
    most = most_steps()
    return most is not None and steps_done(month) >= most
