"""What invoicing offers the house."""

import json
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.queries import NAME, Outstanding, outstanding
from tenants.invoicing.timeline import panels, quick_actions, timeline
from tenants.kernel import context
from tenants.kernel.modules import Module, NavItem, Step, Tile
from tenants.records.locale import company_currency, money

OPEN_ONES = "/invoices/?" + urlencode({"filter": json.dumps({"field": "status", "op": "is", "value": "issued"})})
SETTINGS = "settings"


def steps() -> Iterable[Step]:
    if context.actor().may("edit", SETTINGS):
        yield Step(
            label=_("Say who sells"), text=_("Your legal name, tax id and bank details, as invoices state them."),
            url="/settings/invoicing/", order=60, is_done=InvoicingProfile.objects.exists,
        )  # fmt: skip
    if context.actor().may("create", NAME):
        yield Step(
            label=_("Issue an invoice"), text=_("Open a won deal and press Invoice."),
            url="/invoices/", order=70, is_done=Invoice.objects.filter(number__isnull=False).exists,
        )  # fmt: skip


def tiles() -> Iterable[Tile]:
    if not context.actor().may("view", NAME):
        return
    owed = outstanding(context.actor())
    value = " + ".join(money(one.total, one.currency) for one in owed[:2]) or money(Decimal(0), company_currency())
    yield Tile(label=_("Outstanding"), value=value, hint=_hint(owed), url=OPEN_ONES, icon="file-invoice")


def _hint(owed: list[Outstanding]) -> str:
    count, late = sum(one.count for one in owed), sum(one.overdue for one in owed)
    words = ngettext("%(n)d open invoice", "%(n)d open invoices", count) % {"n": count}
    return f"{words} · " + ngettext("%(n)d overdue", "%(n)d overdue", late) % {"n": late} if late else words


NAV = NavItem(
    label=gettext_lazy("Invoices"),
    url="/invoices/",
    icon="file-invoice",
    section=gettext_lazy("Work"),
    order=51,
    subject=NAME,
)
SETTINGS_NAV = NavItem(label=gettext_lazy("Invoicing"), url="/settings/invoicing/", icon="file-invoice", section="")
module = Module(
    name="invoicing",
    automation="tenants.invoicing.automation",
    label=gettext_lazy("Invoices"),
    nav=(NAV,),
    settings_nav=(SETTINGS_NAV,),
    urls="tenants.invoicing.urls",
    routers=(
        ("/invoice-drafts", "tenants.invoicing.api.drafts"),
        ("/invoices/{uuid:invoice_id}", "tenants.invoicing.api.steps"),
    ),
    quick_actions=quick_actions,
    panels=panels,
    timeline=timeline,
    steps=steps,
    tiles=tiles,
    demo="tenants.invoicing.demo.load",
)
