"""What can be done to many records of the CRM at once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.crm.actions.conversion import Plan, convert_lead
from tenants.crm.queries import matches_of
from tenants.kernel.actors import Actor
from tenants.records.bulk.protocol import BulkAction
from tenants.records.enums import Outcome


class ConvertForm(forms.Form):
    on_duplicate = forms.ChoiceField(
        label=_("When somebody like the lead is here already"), initial="refuse",
        choices=[("refuse", _("Leave the lead as it is, and say so")), ("link", _("Link whoever is here")),
                 ("create", _("Make a new contact all the same"))],
    )  # fmt: skip
    makes_deal = forms.BooleanField(label=_("Make a deal of each"), required=False, initial=True)


class ConvertLeads(BulkAction):
    """Each by itself: one that is refused does not hold up the others, and its reason is told."""

    name = "convert"
    label = _("Convert")
    icon = "arrow-right-circle"
    form_class = ConvertForm
    text = _("Each lead becomes a contact, with an account of its company and a deal.")
    can_undo = False

    def apply(self, record: Any, values: Mapping[str, Any], by: Actor) -> Outcome | None:
        way = values["on_duplicate"]
        plan = Plan(makes_deal=bool(values["makes_deal"]), ignores_duplicates=way != "refuse")
        if way == "link":
            found = matches_of(record, by)
            plan = replace(plan, contact=next(iter(found.contacts), None), account=next(iter(found.accounts), None))
        convert_lead(lead=record, plan=plan, by=by)
        return None
