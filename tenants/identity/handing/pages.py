"""The dialog of handing over: what a person owns, who gets it, and whether they leave."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tenants.identity.access import may_manage
from tenants.identity.forms import ActionForm
from tenants.identity.handing.actions import hand_over
from tenants.identity.handing.queries import Owned, owned_by
from tenants.identity.models import User
from tenants.identity.queries import active_users, user_by_id
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.web import dialog_done, wants_part
from tenants.records.jobs.words import done_text, tone
from tenants.records.models import Job

KEEP, GIVE = "keep", "give"


class HandoverForm(ActionForm):
    mode = forms.ChoiceField(
        label=gettext_lazy("Their records"), widget=forms.RadioSelect, initial=GIVE, required=False,
        choices=[(GIVE, gettext_lazy("Give them to others")), (KEEP, gettext_lazy("Leave them as they are"))],
    )  # fmt: skip
    to = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("Who gets them"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One gets all; several take turns."),
    )  # fmt: skip
    types = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, *, user: User, owned: Sequence[Owned]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["to"].queryset = active_users().exclude(pk=user.pk)
        fields["types"].choices = [(one.name, one.record_type.label) for one in owned]


@require_http_methods(["GET", "POST"])
@may_manage
def handover(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """`leaves` in the address: they are deactivated as well."""
    user, leaves = user_by_id(user_id), bool(request.GET.get("leaves"))
    owned = owned_by(user.pk, context.actor())
    form = HandoverForm(request.POST or None, user=user, owned=owned)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        to = [] if leaves and sent["mode"] == KEEP else [one.pk for one in sent["to"]]
        try:
            if leaves and owned and sent["mode"] != KEEP and not to:
                raise Invalid({"to": [_("Choose who gets the records, or leave them as they are.")]})
            job = hand_over(user=user, to=to, types=sent["types"], deactivate=leaves, by=context.actor())
        except Invalid as error:
            form.refuse(error)
        except Conflict as error:
            form.add_error(None, f"{error.detail} {error.fix}".strip())
        else:
            return _told(request, user, job, leaves=leaves)
    return _draw(request, user, form, owned, leaves=leaves)


def _draw(
    request: HttpRequest, user: User, form: HandoverForm, owned: Sequence[Owned], *, leaves: bool
) -> HttpResponse:
    title = _("Deactivate %(name)s") if leaves else _("Hand over what %(name)s owns")
    chosen = request.POST.getlist("types") if form.is_bound else [one.name for one in owned]
    values = {
        "person": user, "form": form, "owned": owned, "chosen": chosen, "leaves": leaves,
        "movable": sum(one.mine for one in owned), "mode": form["mode"].value() or GIVE,
        "action_url": request.get_full_path(), "tabs": settings_tabs(request),
        "title": title % {"name": user}, "submit": _("Deactivate") if leaves else _("Hand over"),
    }  # fmt: skip
    template = "identity/handing/handover.html#dialog" if wants_part(request) else "identity/handing/handover.html"
    return render(request, template, values, status=422 if form.errors else 200)


def _told(request: HttpRequest, user: User, job: Job | None, *, leaves: bool) -> HttpResponse:
    """A long job is watched on its own page; a small one is told with the way back."""
    if leaves:
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": user})
    if job is None:
        if not leaves:
            messages.info(request, _("There was nothing to hand over."))
    elif job.is_over:
        level = messages.success if tone(job) == "good" else messages.warning
        level(request, done_text(job), extra_tags=reverse("records:job-undo", args=[job.pk]))
    url = reverse("people") if job is None or job.is_over else reverse("records:job", args=[job.pk])
    return dialog_done(url) if wants_part(request) else redirect(url)
