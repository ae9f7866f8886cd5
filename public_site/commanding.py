"""Fleet commands on pages: of the control panel over all companies, of an agency over its own."""

from typing import Any

from django.contrib import messages
from django.forms import BooleanField, CharField, CheckboxInput, ChoiceField, IntegerField, Textarea
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from public_site.agency.forms import PortalForm
from public_site.paging import page_of, tabs_of
from tenants.directory.models import Agency
from tenants.fleet.commands.actions import CANARY, STOP_AFTER, begin_command
from tenants.fleet.commands.queries import line_counts, lines_of, tone_of
from tenants.fleet.commands.registry import FleetCommand, command_named
from tenants.fleet.models import LineState, Operation
from tenants.fleet.operations.queries import OperationView
from tenants.kernel import context
from tenants.kernel.errors import DomainError, Invalid, NotFound

PREFIX = "value_"


class CommandForm(PortalForm):
    """The command's own arguments, then whom it is for and how carefully."""

    companies = CharField(
        label=gettext_lazy("Only these companies"), required=False, widget=Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Their addresses (slugs), with spaces or commas between. Empty: all."),
    )  # fmt: skip
    is_dry = BooleanField(
        label=gettext_lazy("Only say what would change"), required=False, initial=True, widget=CheckboxInput()
    )
    canary = CharField(
        label=gettext_lazy("Who goes first"), initial=CANARY, max_length=8,
        help_text=gettext_lazy("A number of companies or a part like 5%."),
    )  # fmt: skip
    stop_after = IntegerField(
        label=gettext_lazy("Take all back after failures"), initial=STOP_AFTER, min_value=1, max_value=100_000
    )

    def __init__(self, command: FleetCommand, data: Any = None, *, is_for_all: bool = False) -> None:
        super().__init__(data)
        self.command = command
        if is_for_all:
            self.fields["agency"] = CharField(label=gettext_lazy("Only this agency"), required=False, max_length=40)
            self.fields["plan"] = CharField(label=gettext_lazy("Only this plan"), required=False, max_length=20)
        for one in command.arguments:
            words: dict[str, Any] = {"label": one.label, "help_text": one.help, "required": one.is_required}
            kind = ChoiceField(choices=one.choices, **words) if one.choices else CharField(max_length=200, **words)
            kind.initial = one.default
            self.fields[f"{PREFIX}{one.name}"] = kind

    @property
    def arguments(self) -> list[Any]:
        return [self[f"{PREFIX}{one.name}"] for one in self.command.arguments]

    @property
    def choosing(self) -> list[Any]:
        return [self[name] for name in ("agency", "plan") if name in self.fields]

    def begun(self, agency: Agency | None = None) -> Operation | None:
        """The operation, or None with what is wrong at the fields."""
        given = self.cleaned_data
        selection = {"agency": given.get("agency"), "plan": given.get("plan"), "companies": _words(given["companies"])}
        try:
            return begin_command(
                name=self.command.name, agency=agency, by=context.actor(), selection=selection,
                values={one.name: given[f"{PREFIX}{one.name}"] for one in self.command.arguments},
                is_dry=given["is_dry"], canary=given["canary"], stop_after=given["stop_after"],
            )  # fmt: skip
        except Invalid as error:
            names = {one.name for one in self.command.arguments}
            self.refuse(Invalid({f"{PREFIX}{n}" if n in names else n: told for n, told in error.errors.items()}))
        except DomainError as error:
            self.refuse(error)
        return None


def command_for_agencies(name: str) -> FleetCommand:
    """Raises NotFound for what is of those who run the platform: an agency need not know of it."""
    found = command_named(name)
    if not found.is_for_agencies:
        raise NotFound(_("There is no such command"))
    return found


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def run_shown(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    """The lines of one run, by state, and how far it is."""
    state = request.GET.get("state", "")
    page, foot = page_of(request, lines_of(operation, state if state in LineState.values else ""))
    labels = [(one.value, str(one.label)) for one in LineState]
    counts = line_counts(operation)
    tabs = [tab for tab in tabs_of(request, "state", labels, counts, _("All")) if tab["count"] or tab["is_active"]]
    lines = [(line, *tone_of(line)) for line in page]
    return {"view": OperationView(operation), "lines": lines, "foot": foot, "tabs": tabs}


def tell_begun(request: HttpRequest, operation: Operation) -> None:
    is_dry = operation.arguments["is_dry"]
    messages.success(request, _("Being tried: nothing changes.") if is_dry else _("Begun, a few companies first."))
