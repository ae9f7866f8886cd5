"""The recipes of selling: what most companies want to happen by itself first."""

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.enums import VersionState, WorkflowState
from tenants.automation.models import Workflow
from tenants.automation.recipes import Recipe
from tenants.crm.enums import Lifecycle, Source
from tenants.identity.queries import active_users
from tenants.identity.teams import teams
from tenants.notifications import chats
from tenants.notifications.enums import Service

NURTURE = "nurture"
"""The first step of the recipe that nurtures: by it, what was made of the recipe is found again."""
Definition = dict[str, Any]


def _do(step_id: str, action: str, /, **params: Any) -> Definition:
    return {"id": step_id, "kind": "action", "action": action, "params": params}


def _workflow(trigger: str, *steps: Definition, params: Definition | None = None, **more: Any) -> Definition:
    head = {"kind": trigger, "params": params or {}, **({"filter": more.pop("filter")} if "filter" in more else {})}
    return {"format": 1, "trigger": head, "settings": more, "steps": list(steps)}


def _colleagues() -> list[str]:
    """Everybody who may work on leads, to begin with; who should not get any is taken out."""
    people = active_users().select_related("role")
    return [str(one.pk) for one in people if one.actor.may("edit", "leads")]


def _mail(step_id: str, to: str, subject: str, text: str) -> Definition:
    """What comes after does not wait for an address that is missing."""
    return _do(step_id, "send_email", to=to, subject=subject, text=text) | {"on_error": "continue"}


def _pause(step_id: str, **duration: Any) -> Definition:
    return {"id": step_id, "kind": "delay", "for": duration}


def new_lead() -> Definition:
    """A: from the website."""
    return _workflow(
        "lead_created",
        _do("tag", "add_tag", tags=["Website Lead"]),
        _do("assign", "round_robin_assign", users=_colleagues()),
        _mail("welcome", "{{record.email}}", _t("Welcome, {{record.first_name}}"),
              _t("Hello {{record.first_name}},\n\nthank you for your interest. We will be in touch within a day.")),
        _do("call", "create_task", name=_t("Call {{record.name}} within 24h"), due_in={"hours": 24}, priority="high",
            category="call"),
        *_nurturing(),
        filter={"field": "source", "op": "is", "value": Source.WEBSITE.value}, reentry="never",
        stop_on=["lead.converted"],
    )  # fmt: skip


def _nurturing() -> list[Definition]:
    """Into the workflow that nurtures, where the company has one that is on; else its first mail stands here."""
    rows = Workflow.objects.filter(state=WorkflowState.ACTIVE, versions__state=VersionState.PUBLISHED)
    kept = {"trigger": {"kind": "manual"}, "steps": [{"id": NURTURE}]}
    found = rows.filter(record_type="leads", versions__definition__contains=kept).order_by("created_at").first()
    if found:
        return [_do("enrol", "enrol_in_workflow", workflow=str(found.pk))]
    return [_pause("pause", days=3, working=True), _first_word()]


def _first_word() -> Definition:
    text = _t("Hello {{record.first_name}},\n\nhere is how others in your place have gone about it.")
    return _mail(NURTURE, "{{record.email}}", _t("Something that may help you"), text)


def nurture_lead() -> Definition:
    """What recipe A enrols in: three mails in two weeks, then somebody looks at it."""
    return _workflow(
        "manual",
        _pause(NURTURE, days=3, working=True),
        _first_word() | {"id": "first"},
        _pause("days", days=4),
        _mail("second", "{{record.email}}", _t("What others ask us first"),
              _t("Hello {{record.first_name}},\n\nthis is what people want to know before they decide. Just answer this"
                 " mail if your question is not among them.")),
        _pause("week", days=7),
        _mail("third", "{{record.email}}", _t("Shall we talk?"),
              _t("Hello {{record.first_name}},\n\nfifteen minutes are enough to see whether we can help you. When would"
                 " it suit you?")),
        _do("look", "create_task", name=_t("Is {{record.name}} still interested?"), due_in={"days": 2},
            category="follow_up"),
        params={"record_type": "leads"}, stop_on=["lead.converted"],
    )  # fmt: skip


def hot_lead() -> Definition:
    """B: the score reaches 80."""
    return _workflow(
        "lead_score_threshold",
        # Of its becoming hot its owner hears by push and mail (`telling.tell_hot_lead`); the next step says the score.
        _do("hot", "change_priority", priority="hot"),
        _do("tell", "notify_user", users=["{{record.owner}}"], title=_t("Call now: {{record.name}}"), priority="urgent",
            text=_t("The score has reached {{record.score}}.")) | {"on_error": "continue"},
        _slack(),
        _do("task", "create_task", name=_t("Call {{record.name}} now"), due_in={"hours": 1}, priority="urgent",
            category="call"),
        params={"threshold": 80},
    )  # fmt: skip


def _slack() -> Definition:
    """To the sales channel. Without any it is paused, to be turned on when one is connected and chosen."""
    channels = [one for one in chats.connections() if one.service == Service.SLACK]
    channels.sort(key=lambda one: ("sales" not in one.name.casefold(), one.name))
    step = _do(
        "slack", "slack_message", connection=str(channels[0].pk) if channels else "",
        title=_t("Hot lead: {{record.name}}"),
        text=_t("{{record.company_name}}, score {{record.score}}. Owner: {{record.owner.name|default:\"nobody\"}}."),
    )  # fmt: skip
    return step | {"on_error": "continue"} | ({} if channels else {"is_paused": True})


def deal_won() -> Definition:
    """C: thanks, onboarding, success, segment, invoice, and another offer after 90 days."""
    return _workflow(
        "deal_won",
        _mail("thanks", "{{record.contact.email}}", _t("Thank you"),
              _t("Hello {{record.contact.first_name}},\n\nthank you for your trust. We begin at once.")),
        _do("kickoff", "create_task", name=_t("Kick-off with {{record.account.name|default:\"the customer\"}}"),
            due_in={"days": 2}),
        _do("access", "create_task", name=_t("Set up access"), due_in={"days": 5}),
        _success(),
        _customer("account", "accounts"), _customer("contact", "contacts"),
        _do("invoice", "create_invoice") | {"on_error": "continue"},
        _pause("later", days=90),
        _mail("upsell", "{{record.contact.email}}", _t("What comes next?"),
              _t("Hello {{record.contact.first_name}},\n\nthree months are over. What works well, and what would you"
                 " like to have next? We have ideas.")),
        _pause("answer", days=5),
        _do("talk", "create_task", name=_t("Talk to {{record.contact.name}} about what comes next"),
            due_in={"days": 3}),
        reentry="never",
    )  # fmt: skip


def _success() -> Definition:
    """To the customer success team, by its name; without one to the deal's owner."""
    team = teams().filter(name__icontains="success").first()
    told = {"title": _t("A new customer: {{record.account.name|default:\"see the deal\"}}"),
            "text": _t("{{record.name}} is won. Onboarding begins.")}  # fmt: skip
    step = (
        _do("success", "notify_team", team=str(team.pk), **told)
        if team
        else _do("success", "notify_user", users=["{{record.owner}}"], **told)
    )
    return step | {"on_error": "continue"}


def _customer(field: str, type_name: str) -> Definition:
    """Whom the deal names is in the segment of customers from now on."""
    step = _do(
        f"{field}-customer", "update_record", record_type=type_name, record_id=f"{{{{record.{field}}}}}",
        values={"lifecycle": Lifecycle.CUSTOMER.value},
    )  # fmt: skip
    branch = {"id": f"{field}-there", "name": _t("Known"), "filter": {"field": field, "op": "not_empty"},
              "steps": [step]}  # fmt: skip
    return {"id": field, "kind": "branch", "branches": [branch]}


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
           about=_("Tag it, share it out, welcome it, a call within a day; then it is nurtured.")),
    Recipe(name="nurture_lead", label=_("Nurture a lead"), icon="mail", definition=nurture_lead,
           about=_("Three mails in two weeks and a look at it, until it is converted. By hand, or from a workflow.")),
    Recipe(name="hot_lead", label=_("Hot lead"), icon="flame", definition=hot_lead,
           about=_("A score of 80: mark it hot, tell its owner and Slack, an urgent task.")),
    Recipe(name="deal_won", label=_("Deal won"), icon="trophy", definition=deal_won,
           about=_("Thanks, onboarding, the success team, the invoice, and another offer after 90 days.")),
    Recipe(name="assign_leads", label=_("Share out new leads"), icon="rotate-clockwise", definition=assign_leads,
           about=_("Leads that nobody has go to everybody in turn.")),
    Recipe(name="invoice_won", label=_("Invoice what is won"), icon="file-invoice", definition=invoice_won,
           about=_("A draft invoice for each deal that is won.")),
    Recipe(name="silent_deals", label=_("Deals gone silent"), icon="zzz", definition=silent_deals,
           about=_("A follow-up task where nothing happened for 30 days.")),
)  # fmt: skip
