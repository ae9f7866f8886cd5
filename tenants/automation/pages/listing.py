"""The list of workflows, and how one comes to be."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.automation import actions
from tenants.automation.catalogue import triggers
from tenants.automation.enums import OffKind, WorkflowState
from tenants.automation.models import LONGEST_NAME, Version, Workflow
from tenants.automation.pages.figures import Going, going
from tenants.automation.queries import current_of, require_keeper, workflow_for, workflows_for
from tenants.automation.recipes import recipe_named, recipes
from tenants.identity.forms import ActionForm
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.records.pages.answers import done
from tenants.records.registry import record_types

ROWS = 50
TONES = {WorkflowState.ACTIVE: "good", WorkflowState.OFF: "warn", WorkflowState.DRAFT: "", WorkflowState.ARCHIVED: ""}


class NarrowForm(forms.Form):
    """How the list is narrowed; what does not fit is left out."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=[("", _("All but the archive")), *WorkflowState.choices])
    record_type = forms.ChoiceField(required=False)
    folder = forms.CharField(required=False, max_length=80)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        known = [(one.name, one.label) for one in record_types()]
        self.fields["record_type"].choices = [("", _("All records")), *known]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, str]:
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


@require_GET
def workflows(request: HttpRequest) -> HttpResponse:
    actor = context.actor()
    form = NarrowForm(request.GET)
    asked = form.asked
    rows = workflows_for(
        actor, state=asked.get("state", ""), folder=asked.get("folder", ""), text=asked.get("q", "")
    )  # fmt: skip
    if "record_type" in asked:
        rows = rows.filter(record_type=asked["record_type"])
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    values = {
        "rows": _lines(list(page)), "page": page, "recipes": list(recipes().values()),
        "form": form, "asked": asked, "folders": folders(),
        "query": urlencode(asked), "is_narrowed": bool(asked),
    }  # fmt: skip
    return render(request, "automation/list.html", values)


def folders() -> list[str]:
    return list(Workflow.objects.exclude(folder="").order_by("folder").values_list("folder", flat=True).distinct())


def _lines(found: Sequence[Workflow]) -> list[dict[str, Any]]:
    figures = going(one.pk for one in found)
    types = {one.name: one for one in record_types()}
    return [
        {
            "workflow": one, "going": figures.get(one.pk, Going()), "tone": TONES[WorkflowState(one.state)],
            "trigger": trigger_words(one), "type": types.get(one.record_type), "has_draft": _has_draft(one),
            "is_stopped": one.state == WorkflowState.OFF and one.off_kind in (OffKind.CIRCLE, OffKind.STORM),
        }
        for one in found
    ]  # fmt: skip


def _shown(workflow: Workflow) -> Version | None:
    """The published version, else the draft, of those that were read with it."""
    current: list[Version] = getattr(workflow, "current", [])
    return next((one for one in current if one.state == "published"), next(iter(current), None))


def _has_draft(workflow: Workflow) -> bool:
    return workflow.state != WorkflowState.DRAFT and any(
        one.state == "draft" for one in getattr(workflow, "current", [])
    )


def trigger_words(workflow: Workflow) -> str:
    version = _shown(workflow)
    kind = triggers().get(str(version.trigger.get("kind"))) if version else None
    return str(kind.label) if kind else ""


# Making one


class WordsForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autofocus": True}))
    folder = forms.CharField(label=_("Folder"), max_length=80, required=False)
    about = forms.CharField(
        label=_("What it is for"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class WorkflowForm(WordsForm):
    """A new one; `recipe` is the name of the recipe it begins with, or nothing."""

    recipe = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput())


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """In a dialog: from scratch, or from a recipe."""
    actor = context.actor()
    require_keeper(actor)
    form = WorkflowForm(request.POST or None, initial={"recipe": request.GET.get("recipe", "")})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        recipe = given.pop("recipe")
        try:
            definition = recipe_named(recipe).definition() if recipe else None
            made = actions.create_workflow(by=actor, definition=definition, **given)
            return done(request, reverse("automation:builder", args=[made.pk]))
        except Invalid as error:
            form.refuse(error)
    values = {
        "form": form,
        "folders": folders(),
        "action": reverse("automation:new"),
        "recipes": list(recipes().values()),
    }
    return render(request, "automation/_new.html", values, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, workflow_id: Any) -> HttpResponse:
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    initial = {"name": workflow.name, "folder": workflow.folder, "about": workflow.about}
    form = WordsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.update_workflow(workflow=workflow, by=actor, **form.cleaned_data)
            return done(request, reverse("automation:builder", args=[workflow.pk]))
        except Invalid as error:
            form.refuse(error)
    values = {
        "form": form, "folders": folders(), "action": reverse("automation:rename", args=[workflow.pk]), "is_old": True
    }  # fmt: skip
    return render(request, "automation/_new.html", values, status=422 if form.errors else 200)


@require_POST
def copy(request: HttpRequest, workflow_id: Any) -> HttpResponse:
    """Another one that does the same, as a draft."""
    actor = context.actor()
    workflow = workflow_for(actor, workflow_id)
    name = f"{workflow.name[: LONGEST_NAME - 12]} ({_('copy')})"
    made = actions.create_workflow(
        name=name, about=workflow.about, folder=workflow.folder, definition=current_of(workflow).definition, by=actor
    )
    return done(request, reverse("automation:builder", args=[made.pk]))
