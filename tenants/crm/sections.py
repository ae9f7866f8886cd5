"""The heads under which people fill and read the CRM's longer records."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import DealStatus, LeadStatus
from tenants.records.registry import Section

STANDING = ("health_score", "churn_risk", "customer_value", "last_touch_at")
WHEN = ("created_at", "updated_at")


def _is_lost(deal: Any) -> bool:
    return bool(deal.status in (DealStatus.LOST, DealStatus.ABANDONED) or deal.lost_reason_id or deal.lost_note)


def _is_unqualified(lead: Any) -> bool:
    return bool(lead.status == LeadStatus.UNQUALIFIED or lead.unqualified_reason)


def _is_converted(lead: Any) -> bool:
    return lead.converted_at is not None


RECORD = Section(label=_("Record"), fields=WHEN)
CONTACT = (
    Section(label=_("Relationship"), fields=("lifecycle", "source", "reports_to", "decision_role", "influence")),
    Section(label=_("Personal"), fields=("birthday", "do_not_call", "do_not_email")),
    Section(label=_("Online"), fields=("linkedin", "twitter", "facebook", "instagram")),
    Section(label=_("Standing"), fields=STANDING),
    RECORD,
)
ACCOUNT = (
    Section(label=_("Relationship"), fields=("is_key_account", "lifecycle", "parent")),
    Section(label=_("Address and tax"), fields=("address", "city", "region", "postal_code", "country", "tax_id")),
    Section(label=_("Background"), fields=("linkedin", "description")),
    Section(label=_("Standing"), fields=STANDING),
    RECORD,
)
LEAD = (
    Section(label=_("Interest"), fields=("product_interest", "amount", "currency", "source", "campaign")),
    Section(
        label=_("Qualification"),
        fields=(
            "status",
            "temperature",
            "lifecycle",
            "score",
            "has_need",
            "has_budget",
            "has_authority",
            "has_timeline",
        ),
    ),
    Section(label=_("Unqualified"), fields=("unqualified_reason",), shown_if=_is_unqualified),
    Section(
        label=_("What became of it"), fields=("converted_at", "account", "contact", "deal"), shown_if=_is_converted
    ),
    RECORD,
)
DEAL = (
    Section(label=_("Origin"), fields=("source", "campaign", "product_interest")),
    Section(label=_("Competition"), fields=("competitors", "competitive_advantages")),
    Section(label=_("Lost"), fields=("lost_reason", "lost_note"), shown_if=_is_lost),
    Section(label=_("Progress"), fields=("status", "stage_changed_at", "touched_at", "closed_on")),
    RECORD,
)
TASK = (
    Section(label=_("Details"), fields=("repeats", "description")),
    Section(label=_("Record"), fields=("created_by", "completed_at", *WHEN)),
)
