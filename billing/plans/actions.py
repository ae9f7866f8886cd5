"""Writes of the price list."""

from typing import Any

from billing.plans.catalogue import PLANS
from billing.plans.models import Plan


def seed_plans(model: Any = Plan) -> int:
    """Add the plans that are missing and leave those that are there as they are; how many were added."""
    added = 0
    for position, values in enumerate(PLANS):
        _plan, is_new = model.objects.get_or_create(slug=values["slug"], defaults=values | {"position": position})
        added += is_new
    return added
