"""The plans the platform starts with. Later changes are made to the rows, not here.

Chat conversations: 100, 1,000 and unlimited are the promised figures
(features, BIL-05); the rest grows in step with them.
"""

from decimal import Decimal
from typing import Any

from billing.plans.enums import Quota


def _quotas(*limits: int | None) -> dict[str, int | None]:
    """Limits in the order of Quota; None is unlimited."""
    return dict(zip(Quota.values, limits, strict=True))


PLANS: tuple[dict[str, Any], ...] = (
    {
        "slug": "free",
        "name": "Free",
        "summary": "Try it with your first customer, for as long as you like.",
        "price": Decimal(0),
        "quotas": _quotas(1, 3, 1_000, 100, 5_000, 1),
        "features": ["Your name, logo and colours", "Contacts, deals and boards", "Invoices as PDF"],
    },
    {
        "slug": "basic",
        "name": "Basic",
        "summary": "For an agency with its first paying customers.",
        "price": Decimal(49),
        "quotas": _quotas(5, 10, 25_000, 500, 100_000, 25),
        "features": ["Everything in Free", "Your own domain", "Calling from the browser"],
    },
    {
        "slug": "pro",
        "name": "Pro",
        "summary": "For an agency that sells the product under its name every week.",
        "price": Decimal(199),
        "quotas": _quotas(25, 50, 250_000, 1_000, 1_000_000, 250),
        "features": ["Everything in Basic", "A brand for each company", "API for your own tools"],
        "is_highlighted": True,
    },
    {
        "slug": "enterprise",
        "name": "Enterprise",
        "summary": "For agencies with hundreds of companies, and rules of their own.",
        "price": None,
        "quotas": _quotas(None, None, None, None, None, None),
        "features": ["Everything in Pro", "Support with an agreed answering time", "Your own servers, if you must"],
    },
)
