"""The dialog that puts a record into a workflow."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tenants.automation.enrolling import enrol as enrol_record
from tenants.automation.errors import AlreadyInside
from tenants.automation.queries import by_hand_for
from tenants.identity.access import signed_in
from tenants.identity.forms import ActionForm
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part
from tenants.records.queries import record_for, require_on
from tenants.records.registry import type_named


class EnrolForm(ActionForm):
    workflow = forms.ChoiceField(label=gettext_lazy("Automation"))

    def __init__(self, *args: Any, workflows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["workflow"].choices = [(str(one.pk), one.name) for one in workflows]  # type: ignore[attr-defined]


@signed_in
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, name: str, record_id: UUID) -> HttpResponse:
    """Choose one of those that wait for the button. For whoever may edit the record."""
    actor, record_type = context.actor(), type_named(name)
    record = record_for(actor, record_type, record_id)
    require_on(actor, "edit", record)
    workflows = {str(one.pk): one for one in by_hand_for(actor, record)}
    form = EnrolForm(request.POST or None, workflows=workflows.values())
    back = record_type.url_of(record)
    if request.method == "POST" and form.is_valid():
        try:
            found = workflows[form.cleaned_data["workflow"]]
            enrol_record(workflow=found, record=record, by=actor)
        except AlreadyInside as error:
            form.refuse(Invalid({"workflow": [str(error.detail)]}))
        else:
            messages.success(request, _("%(name)s has begun.") % {"name": found})
            return dialog_done(back) if wants_part(request) else redirect(back)
    part = "#dialog" if wants_part(request) else ""
    values = {"form": form, "title": _("Begin an automation"), "back": back, "action_url": request.get_full_path()}
    return render(request, f"automation/enrol.html{part}", values, status=422 if form.errors else 200)
