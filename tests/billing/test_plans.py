"""The price list is data: four plans to begin with, and rows that stay as they are."""

from itertools import pairwise

import pytest

from billing.plans.actions import seed_plans
from billing.plans.models import Plan
from billing.plans.queries import plan_on_sale, plans_on_sale, quota_lines
from tenants.kernel.errors import Invalid


def test_four_plans_with_the_promised_conversations(public: None) -> None:
    found = {plan.name: plan.quotas["chat_conversations_per_month"] for plan in plans_on_sale()}

    assert found == {"Free": 100, "Basic": 500, "Pro": 1_000, "Enterprise": None}


def test_larger_plans_never_give_less(public: None) -> None:
    rows = [
        [limit if limit is not None else float("inf") for _quota, limit in quota_lines(plan)]
        for plan in plans_on_sale()
    ]

    for smaller, larger in pairwise(rows):
        assert all(less <= more for less, more in zip(smaller, larger, strict=True))


def test_seeding_again_changes_nothing(public: None) -> None:
    Plan.objects.filter(slug="pro").update(price=249)

    assert seed_plans() == 0
    assert Plan.objects.get(slug="pro").price == 249
    Plan.objects.filter(slug="basic").delete()
    assert seed_plans() == 1


def test_plan_off_the_list_cannot_be_chosen(public: None) -> None:
    Plan.objects.filter(slug="basic").update(is_public=False)

    for slug in ("basic", "gold", ""):
        with pytest.raises(Invalid):
            plan_on_sale(slug)
    assert plan_on_sale("pro").name == "Pro"
