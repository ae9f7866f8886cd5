"""The recipes of selling: what most companies want to happen by itself first."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.recipes import Recipe
from tenants.crm.enums import Source
from tenants.identity.queries import active_users

Definition = dict[str, Any]


def _do(step_id: str, action: str, /, **params: Any) -> Definition:
    return {"id": step_id, "kind": "action", "action": action, "params": params}


def _workflow(trigger: str, *steps: Definition, params: Definition | None = None, **more: Any) -> Definition:
    head = {"kind": trigger, "params": params or {}, **({"filter": more.pop("filter")} if "filter" in more else {})}
    return {"format": 1, "trigger": head, "settings": more, "steps": list(steps)}


def _colleagues() -> list[str]:
    """Everybody, to begin with; who should not get any is taken out."""
    return [str(pk) for pk in active_users().values_list("pk", flat=True)]


def _welcome() -> Definition:
    return _do(
        "welcome", "send_email", to="{{record.email}}", subject=_t("Welcome, {{record.first_name}}"),
        text=_t("Hello {{record.first_name}},\n\nthank you for your interest. We will be in touch within a day."),
    ) | {"on_error": "continue"}  # fmt: skip


def new_lead() -> Definition:
    """A: from the website."""
    return _workflow(
        "lead_created",
        _do("tag", "add_tag", tags=["Website Lead"]),
        _do("assign", "round_robin_assign", users=_colleagues()),
        _welcome(),
        _do("call", "create_task", name=_t("Call {{record.name}} within 24h"), due_in={"hours": 24}, priority="high",
            category="call"),
        {"id": "pause", "kind": "delay", "for": {"days": 3, "working": True}},
        _do("nurture", "send_email", to="{{record.email}}", subject=_t("Something that may help you"),
            text=_t("Hello {{record.first_name}},\n\nhere is how others in your place have gone about it."))
        | {"on_error": "continue"},
        filter={"field": "source", "op": "is", "value": Source.WEBSITE.value}, reentry="never",
        stop_on=["lead.converted"],
    )  # fmt: skip


def hot_lead() -> Definition:
    """B: the score reaches 80."""
    return _workflow(
        "lead_score_threshold",
        _do("hot", "change_priority", priority="hot"),
        _do("tell", "notify_user", users=["{{record.owner}}"], title=_t("Hot lead: {{record.name}}"), priority="urgent",
            text=_t("Score {{record.score}}. Call now.")) | {"on_error": "continue"},
        _do("task", "create_task", name=_t("Call {{record.name}} now"), due_in={"hours": 1}, priority="urgent",
            category="call"),
        params={"threshold": 80},
    )  # fmt: skip


def deal_won() -> Definition:
    """C: thanks, onboarding, the invoice, and another offer after 90 days."""
    return _workflow(
        "deal_won",
        _do("thanks", "send_email", to="{{record.contact.email}}", subject=_t("Thank you"),
            text=_t("Hello {{record.contact.first_name}},\n\nthank you for your trust. We begin at once."))
        | {"on_error": "continue"},
        _do("kickoff", "create_task", name=_t("Kick-off with {{record.account.name|default:\"the customer\"}}"),
            due_in={"days": 2}),
        _do("access", "create_task", name=_t("Set up access"), due_in={"days": 5}),
        _do("segment", "add_tag", tags=["Customer"]),
        _do("invoice", "create_invoice") | {"on_error": "continue"},
        {"id": "later", "kind": "delay", "for": {"days": 90}},
        _do("upsell", "create_task", name=_t("Talk to {{record.contact.name}} about what comes next"),
            due_in={"days": 3}),
        reentry="never",
    )  # fmt: skip


def assign_leads() -> Definition:
    return _workflow(
        "lead_created", _do("assign", "round_robin_assign", users=_colleagues()),
        filter={"field": "owner", "op": "empty"},
    )  # fmt: skip


def invoice_won() -> Definition:
    return _workflow("deal_won", _do("invoice", "create_invoice"), reentry="never")


def silent_deals() -> Definition:
    """No activity for 30 days."""
    return _workflow(
        "no_activity_for_x_days",
        _do("task", "create_task", name=_t("Follow up: {{record.name}}"), due_in={"days": 1}, category="follow_up"),
        params={"record_type": "deals", "days": 30}, filter={"field": "status", "op": "is", "value": "open"},
    )  # fmt: skip


RECIPES = (
    Recipe(name="new_lead", label=_("New lead from the website"), icon="user-plus", definition=new_lead,
           about=_("Tag it, share it out, welcome it, a call within a day, and a word three days later.")),
    Recipe(name="hot_lead", label=_("Hot lead"), icon="flame", definition=hot_lead,
           about=_("A score of 80: mark it hot, tell its owner, an urgent task.")),
    Recipe(name="deal_won", label=_("Deal won"), icon="trophy", definition=deal_won,
           about=_("Thanks, onboarding tasks, the invoice, and another talk after 90 days.")),
    Recipe(name="assign_leads", label=_("Share out new leads"), icon="rotate-clockwise", definition=assign_leads,
           about=_("Leads that nobody has go to everybody in turn.")),
    Recipe(name="invoice_won", label=_("Invoice what is won"), icon="file-invoice", definition=invoice_won,
           about=_("A draft invoice for each deal that is won.")),
    Recipe(name="silent_deals", label=_("Deals gone silent"), icon="zzz", definition=silent_deals,
           about=_("A follow-up task where nothing happened for 30 days.")),
)  # fmt: skip
