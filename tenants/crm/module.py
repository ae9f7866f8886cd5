"""What the CRM offers the house."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tenants.crm.beside import panels, quick_actions
from tenants.crm.dashboard import lists, tiles
from tenants.crm.models import Contact, Deal
from tenants.crm.seeds import seed
from tenants.crm.timeline import timeline
from tenants.kernel import context
from tenants.kernel.modules import Module, NavItem, Step
from tenants.records.outbox.catalogue import EventKind


def steps() -> Iterable[Step]:
    actor = context.actor()
    if actor.may("create", "contacts"):
        yield Step(
            label=_("Add your first contact"),
            text=_("A person you sell to or serve."),
            url="/contacts/new/",
            order=20,
            is_done=Contact.objects.exists,
        )
    if actor.may("create", "deals"):
        yield Step(
            label=_("Put a deal on the board"),
            text=_("Then drag it from stage to stage."),
            url="/deals/new/",
            order=30,
            is_done=Deal.objects.exists,
        )


RECORDS = _("Records")
AMOUNT = {"amount": _("The deal's amount"), "currency": _("Its currency")}
EVENTS = (
    EventKind(name="deal.won", label=_("Deal: won"), record_type="deals", payload=AMOUNT),
    EventKind(name="deal.lost", label=_("Deal: lost"), record_type="deals", payload=AMOUNT),
    EventKind(name="deal.abandoned", label=_("Deal: abandoned"), record_type="deals", payload=AMOUNT),
    EventKind(name="task.completed", label=_("Task: completed"), record_type="tasks"),
    EventKind(
        name="task.reminder", label=_("Task: a reminder is due"), record_type="tasks",
        payload={
            "reminder_id": _("The reminder"), "owner_id": _("Whom it reminds"), "due_at": _("When the task is due"),
        },
    ),
)  # fmt: skip
module = Module(
    name="crm",
    automation="tenants.crm.automation",
    events=EVENTS,
    notifications="tenants.crm.notifications",
    label=_("CRM"),
    nav=(
        NavItem(label=_("Tasks"), url="/tasks/", icon="checkbox", section="", order=20, subject="tasks"),
        NavItem(label=_("Team feed"), url="/feed/", icon="activity", section="", order=25),
        NavItem(label=_("Leads"), url="/leads/", icon="user-plus", section=RECORDS, order=29, subject="leads"),
        NavItem(label=_("Contacts"), url="/contacts/", icon="users", section=RECORDS, order=30, subject="contacts"),
        NavItem(label=_("Accounts"), url="/accounts/", icon="building", section=RECORDS, order=31, subject="accounts"),
        NavItem(label=_("Deals"), url="/deals/board/", icon="briefcase", section=RECORDS, order=32, subject="deals"),
        NavItem(
            label=_("Activities"), url="/activities/", icon="history", section=RECORDS, order=33, subject="activities"
        ),
        NavItem(
            label=_("Pipeline figures"), url="/pipeline-figures/", icon="chart-bar", section=_("Work"), order=45,
            subject="deals",
        ),
    ),
    settings_nav=(
        NavItem(label=_("Pipelines"), url="/settings/pipelines/", icon="filter", section="", subject="settings"),
        NavItem(label=_("Deals"), url="/settings/deals/", icon="briefcase", section="", subject="settings"),
    ),
    urls="tenants.crm.urls",
    routers=(
        ("/leads/{uuid:lead_id}", "tenants.crm.api.leads.one"),
        ("/lead-conversions", "tenants.crm.api.leads.many"),
        ("/deals/{uuid:deal_id}", "tenants.crm.api.deals.router"),
        ("/accounts/{uuid:account_id}", "tenants.crm.api.accounts.router"),
        ("/tasks/{uuid:task_id}", "tenants.crm.api.work.tasks"),
        ("/pipelines/{uuid:pipeline_id}", "tenants.crm.api.pipelines.pipelines"),
        ("/stages/{uuid:stage_id}", "tenants.crm.api.pipelines.stages"),
        ("/lost-reasons", "tenants.crm.api.pipelines.reasons"),
        ("/deal-card", "tenants.crm.api.pipelines.card"),
        ("/source-figures", "tenants.crm.api.pipelines.sources"),
        ("/feed", "tenants.crm.api.work.feeds"),
    ),
    seed=seed,
    quick_actions=quick_actions,
    panels=panels,
    timeline=timeline,
    steps=steps,
    tiles=tiles,
    lists=lists,
    demo="tenants.crm.demo.load",
)  # fmt: skip
