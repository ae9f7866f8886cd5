"""Forms of the CRM's own dialogs. They carry and show; the actions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.crm.enums import CardField, StageKind
from tenants.crm.models import LostReason, Stage
from tenants.crm.queries import Matches
from tenants.identity.forms import ActionForm

NEW = ""
REMIND_BEFORE = (
    (0, _("When it is due")), (10, _("10 minutes before")), (30, _("30 minutes before")), (60, _("1 hour before")),
    (180, _("3 hours before")), (1440, _("1 day before")), (2880, _("2 days before")), (10080, _("1 week before")),
)  # fmt: skip


class ConvertForm(ActionForm):
    """What a lead becomes. Who is there already is offered first."""

    contact = forms.ChoiceField(label=_("Contact"), required=False, widget=forms.RadioSelect)
    account = forms.ChoiceField(label=_("Account"), required=False, widget=forms.RadioSelect)
    makes_deal = forms.BooleanField(label=_("Make a deal"), required=False, initial=True)
    deal_name = forms.CharField(label=_("Name of the deal"), max_length=160, required=False)
    amount = forms.CharField(
        label=_("Amount"), max_length=40, required=False, widget=forms.TextInput({"inputmode": "decimal"})
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False)

    def __init__(self, data: Any, *, lead: Any, matches: Matches, stages: Iterable[Stage], initial: Any) -> None:
        first = {
            "contact": str(matches.contacts[0].pk) if matches.contacts else NEW,
            "account": str(matches.accounts[0].pk) if matches.accounts else NEW,
        }
        super().__init__(data, initial=initial | first)
        self._offer("contact", matches.contacts, _("A new contact: %(name)s") % {"name": lead})
        company = lead.company_name
        self._offer(
            "account",
            matches.accounts,
            _("A new account: %(name)s") % {"name": company} if company else _("No account"),
        )
        choices = [(str(stage.pk), f"{stage.pipeline} · {stage}") for stage in stages]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]

    def _offer(self, name: str, rows: Iterable[Any], new: Any) -> None:
        found = [(str(row.pk), _("Already here: %(name)s") % {"name": row}) for row in rows]
        self.fields[name].choices = [*found, (NEW, new)]  # type: ignore[attr-defined]


class CloseForm(ActionForm):
    """How a deal ended."""

    status = forms.ChoiceField(
        label=_("It was"), widget=forms.RadioSelect,
        choices=[("won", _("Won")), ("lost", _("Lost")), ("abandoned", _("Abandoned"))],
    )  # fmt: skip
    lost_reason = forms.ModelChoiceField(
        LostReason.objects.none(), label=_("Why it was lost"), required=False, empty_label="—"
    )
    lost_note = forms.CharField(label=_("What happened"), max_length=200, required=False)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["lost_reason"].queryset = LostReason.objects.all()  # type: ignore[attr-defined]


class ReminderForm(ActionForm):
    """When a task's owner is reminded."""

    before = forms.MultipleChoiceField(
        label=_("Remind"), required=False, choices=REMIND_BEFORE, widget=forms.CheckboxSelectMultiple
    )
    at = forms.DateTimeField(
        label=_("And at"), required=False, input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class NameForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=80)


class ReasonForm(ActionForm):
    name = forms.CharField(label=_("Reason"), max_length=120)


class StageForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Reaching it means"), choices=StageKind.choices)
    probability = forms.IntegerField(label=_("Probability"), min_value=0, max_value=100)
    rot_days = forms.IntegerField(
        label=_("Rots after days"), min_value=1, max_value=3650, required=False,
        help_text=_("Cards untouched for longer are tinted. Empty: never."),
    )  # fmt: skip


class MoveForm(ActionForm):
    """Where what stands in something goes, when that is removed."""

    move_to = forms.ChoiceField(label=_("They go to"))

    def __init__(self, data: Any, *, choices: Iterable[tuple[str, str]], label: Any, is_needed: bool) -> None:
        super().__init__(data)
        self.fields["move_to"].choices = list(choices)  # type: ignore[attr-defined]
        self.fields["move_to"].label = label
        if not is_needed:
            del self.fields["move_to"]


class CardForm(ActionForm):
    """What cards of deals show."""

    fields_shown = forms.MultipleChoiceField(
        label=_("On the card"), required=False, choices=CardField.choices, widget=forms.CheckboxSelectMultiple
    )
