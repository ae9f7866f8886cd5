"""Teams in the settings."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.identity import teams as acts
from tenants.identity.access import may_manage
from tenants.identity.forms import ActionForm
from tenants.identity.models import Team, User
from tenants.identity.queries import active_users
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import dialog_done, wants_part


class TeamForm(ActionForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    parent = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("Within"), required=False, empty_label=gettext_lazy("No larger team")
    )
    members = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("Members"), required=False, widget=forms.CheckboxSelectMultiple
    )
    leaders = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("Leaders"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Whoever leads is a member as well."),
    )  # fmt: skip

    def __init__(self, data: Any, *, team: Team | None = None) -> None:
        super().__init__(data, initial=_initial(team) if team else None)
        fields: Any = self.fields
        fields["parent"].queryset = Team.objects.exclude(pk=team.pk) if team else Team.objects.all()
        fields["members"].queryset = fields["leaders"].queryset = active_users()


def _initial(team: Team) -> dict[str, Any]:
    rows = list(team.memberships.values_list("user_id", "is_leader"))
    return {
        "name": team.name,
        "parent": team.parent_id,
        "members": [user_id for user_id, _leads in rows],
        "leaders": [user_id for user_id, leads in rows if leads],
    }


@require_GET
@may_manage
def teams(request: HttpRequest) -> HttpResponse:
    return render(request, "identity/teams.html", {"teams": list(acts.teams()), "tabs": settings_tabs(request)})


@require_http_methods(["GET", "POST"])
@may_manage
def create(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.create_team(
                name=form.cleaned_data["name"], parent=form.cleaned_data["parent"], **_people(form), by=context.actor()
            )
            return _done(request, _("The team %(name)s is there.") % {"name": made})
        except Invalid as refusal:
            form.refuse(refusal)
    return _draw(request, form, _("New team"))


def _people(form: TeamForm) -> dict[str, list[UUID]]:
    return {name: [user.pk for user in form.cleaned_data[name]] for name in ("members", "leaders")}


@require_http_methods(["GET", "POST"])
@may_manage
def edit(request: HttpRequest, team_id: UUID) -> HttpResponse:
    found = acts.team_by_id(team_id)
    form = TeamForm(request.POST or None, team=found)
    if request.method == "POST" and form.is_valid():
        try:
            values = form.cleaned_data
            acts.update_team(team=found, name=values["name"], parent=values["parent"], by=context.actor())
            acts.set_team_people(team=found, **_people(form), by=context.actor())
            return _done(request, _("Saved."))
        except Invalid as refusal:
            form.refuse(refusal)
    return _draw(request, form, _("Team %(name)s") % {"name": found})


@require_POST
@may_manage
def delete(request: HttpRequest, team_id: UUID) -> HttpResponse:
    found = acts.team_by_id(team_id)
    acts.delete_team(team=found, by=context.actor())
    return _done(request, _("The team %(name)s is gone; its people are still here.") % {"name": found})


def _draw(request: HttpRequest, form: TeamForm, title: str) -> HttpResponse:
    values = {"form": form, "title": title, "submit": _("Save"), "action_url": request.path}
    template = "identity/settings_form.html#dialog" if wants_part(request) else "identity/settings_form.html"
    status = 422 if form.errors else 200
    return render(request, template, values | {"tabs": settings_tabs(request)}, status=status)


def _done(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(reverse("teams")) if wants_part(request) else redirect("teams")
