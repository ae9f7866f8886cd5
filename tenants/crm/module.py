"""What the CRM offers the house."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tenants.crm.dashboard import lists, tiles
from tenants.crm.models import Contact, Deal
from tenants.crm.seeds import seed
from tenants.crm.timeline import panels, quick_actions, timeline
from tenants.kernel import context
from tenants.kernel.modules import Module, NavItem, Step


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


module = Module(
    name="crm",
    label=_("CRM"),
    nav=(
        NavItem(label=_("Tasks"), url="/tasks/", icon="checkbox", section="", order=20, subject="tasks"),
        NavItem(
            label=_("Contacts"), url="/contacts/", icon="users", section=_("Records"), order=30, subject="contacts"
        ),
        NavItem(
            label=_("Accounts"), url="/accounts/", icon="building", section=_("Records"), order=31, subject="accounts"
        ),
        NavItem(
            label=_("Deals"), url="/deals/board/", icon="briefcase", section=_("Records"), order=32, subject="deals"
        ),
    ),
    seed=seed,
    quick_actions=quick_actions,
    panels=panels,
    timeline=timeline,
    steps=steps,
    tiles=tiles,
    lists=lists,
    demo="tenants.crm.demo.load",
)
