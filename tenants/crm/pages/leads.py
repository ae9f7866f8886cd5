"""Converting a lead."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tenants.crm.actions import Plan, convert_lead
from tenants.crm.errors import LeadAlreadyConverted
from tenants.crm.forms import ConvertForm
from tenants.crm.models import Lead, Stage
from tenants.crm.pages.answers import dialog
from tenants.crm.queries import Matches, matches_of
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.locale import typed_number
from tenants.records.queries import record_for, require
from tenants.records.registry import type_named


@require_http_methods(["GET", "POST"])
def convert(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Whoever may be the lead already is offered; everything happens at once."""
    actor = context.actor()
    require(actor, "edit", "leads")
    lead: Lead = record_for(actor, type_named("leads"), lead_id)
    if lead.converted_at:
        raise LeadAlreadyConverted
    matches, stages = matches_of(lead, actor), _stages()
    start = {"deal_name": _deal_name(lead), "amount": f"{lead.amount.normalize():f}" if lead.amount else ""}
    form = ConvertForm(request.POST or None, lead=lead, matches=matches, stages=stages, initial=start)

    def act(values: dict[str, Any]) -> str:
        converted = convert_lead(lead=lead, plan=_plan(values, matches, stages), by=actor)
        return _("%(name)s was converted.") % {"name": converted}

    back = type_named("leads").url_of(lead)
    title = _("Convert %(name)s") % {"name": lead}
    return dialog(
        request, form, act, title=title, back=back, submit=_("Convert"), template="crm/convert.html", matches=matches
    )


def _stages() -> list[Stage]:
    rows = Stage.objects.filter(kind="open", deleted_at=None, pipeline__deleted_at=None).select_related("pipeline")
    return list(rows.order_by("-pipeline__is_default", "pipeline__position", "pipeline__name", "position"))


def _deal_name(lead: Lead) -> str:
    return " – ".join(filter(None, (lead.company_name or lead.name, lead.product_interest)))[:160]


def _plan(values: dict[str, Any], matches: Matches, stages: list[Stage]) -> Plan:
    """The form's choices. The person has seen who is there, so new ones are wanted where chosen."""
    amount = typed_number(values["amount"]) if values["amount"] else None
    if values["amount"] and (amount is None or amount < 0):
        raise Invalid({"amount": [_("Write an amount, like 1840000 or 99.50.")]})
    return Plan(
        contact=next((row for row in matches.contacts if str(row.pk) == values["contact"]), None),
        account=next((row for row in matches.accounts if str(row.pk) == values["account"]), None),
        makes_deal=values["makes_deal"], deal_name=values["deal_name"], amount=amount,
        stage=next((stage for stage in stages if str(stage.pk) == values["stage"]), None), ignores_duplicates=True,
    )  # fmt: skip
