"""Settings, Pipelines and Deals: how the company sells."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.crm import actions
from tenants.crm.actions.pipelines import deals_in
from tenants.crm.forms import CardForm, MoveForm, NameForm, ReasonForm, StageForm
from tenants.crm.models import Deal, LostReason, Pipeline, Stage
from tenants.crm.pages.answers import dialog
from tenants.crm.queries import sales_settings
from tenants.identity.access import may_manage
from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel import context
from tenants.kernel.errors import Invalid, NotFound
from tenants.kernel.web import dialog_done
from tenants.records.actions import create_record, update_record
from tenants.records.queries import record_for, visible_to
from tenants.records.registry import type_named


def _home() -> str:
    return reverse("crm:pipelines")


def _pipeline(pipeline_id: UUID) -> Pipeline:
    return record_for(context.actor(), type_named("pipelines"), pipeline_id)  # type: ignore[no-any-return]


def _stage(stage_id: UUID) -> Stage:
    return record_for(context.actor(), type_named("stages"), stage_id)  # type: ignore[no-any-return]


def _live_stages() -> Any:
    rows = visible_to(context.actor(), type_named("stages")).filter(pipeline__deleted_at=None)
    return rows.order_by("-pipeline__is_default", "pipeline__position", "pipeline__name", "position")


@require_GET
@may_manage
def pipelines(request: HttpRequest) -> HttpResponse:
    rows = visible_to(context.actor(), type_named("pipelines")).order_by("-is_default", "position", "name")
    stages: dict[Any, list[Stage]] = {}
    for stage in _live_stages():
        stages.setdefault(stage.pipeline_id, []).append(stage)
    found = [(row, stages.get(row.pk, [])) for row in rows]
    return render(request, "crm/pipelines.html", {"pipelines": found, "tabs": settings_tabs(request)})


@require_http_methods(["GET", "POST"])
@may_manage
def new_pipeline(request: HttpRequest) -> HttpResponse:
    def act(values: dict[str, Any]) -> str:
        made = actions.add_pipeline(name=values["name"], by=context.actor())
        return _("%(name)s was added, with the usual nine stages.") % {"name": made}

    return dialog(request, NameForm(request.POST or None), act, title=_("New pipeline"), back=_home())


@require_http_methods(["GET", "POST"])
@may_manage
def rename_pipeline(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    pipeline = _pipeline(pipeline_id)

    def act(values: dict[str, Any]) -> str:
        update_record(record=pipeline, values=values, by=context.actor())
        return _("Saved.")

    form = NameForm(request.POST or None, initial={"name": pipeline.name})
    return dialog(request, form, act, title=_("Rename %(name)s") % {"name": pipeline}, back=_home())


@require_POST
@may_manage
def default_pipeline(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    chosen = actions.make_default(pipeline=_pipeline(pipeline_id), by=context.actor())
    return _back(request, _("New deals start in %(name)s now.") % {"name": chosen})


@require_http_methods(["GET", "POST"])
@may_manage
def remove_pipeline(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    """Asks where its deals go, if it has any."""
    pipeline = _pipeline(pipeline_id)
    count = Deal.objects.filter(stage__pipeline=pipeline, deleted_at=None).count()
    others = [stage for stage in _live_stages() if stage.pipeline_id != pipeline.pk]
    form = _move_form(request, others, count)

    def act(values: dict[str, Any]) -> str:
        taker = _chosen(others, values.get("move_to"))
        actions.remove_pipeline(pipeline=pipeline, move_to=taker, by=context.actor())
        return _("%(name)s was removed.") % {"name": pipeline}

    title = _("Remove %(name)s?") % {"name": pipeline}
    return dialog(request, form, act, title=title, back=_home(), submit=_("Remove"), danger=True)


def _move_form(request: HttpRequest, stages: Iterable[Stage], count: int) -> MoveForm:
    label = ngettext("The %(n)d deal goes to", "Its %(n)d deals go to", count) % {"n": count}
    choices = [(str(stage.pk), f"{stage.pipeline} · {stage}") for stage in stages]
    data = request.POST if request.method == "POST" else None
    return MoveForm(data, choices=choices, label=label, is_needed=bool(count))


def _chosen(stages: Iterable[Stage], stage_id: str | None) -> Stage | None:
    return next((stage for stage in stages if str(stage.pk) == stage_id), None)


@require_http_methods(["GET", "POST"])
@may_manage
def new_stage(request: HttpRequest, pipeline_id: UUID) -> HttpResponse:
    pipeline = _pipeline(pipeline_id)

    def act(values: dict[str, Any]) -> str:
        create_record(record_type=type_named("stages"), values=values | {"pipeline": pipeline}, by=context.actor())
        return _("The stage was added at the end.")

    form = StageForm(request.POST or None, initial={"kind": "open", "probability": 10})
    return dialog(request, form, act, title=_("New stage of %(name)s") % {"name": pipeline}, back=_home())


@require_http_methods(["GET", "POST"])
@may_manage
def edit_stage(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    stage = _stage(stage_id)

    def act(values: dict[str, Any]) -> str:
        update_record(record=stage, values=values, by=context.actor())
        return _("Saved.")

    start = {name: getattr(stage, name) for name in ("name", "kind", "probability", "rot_days")}
    form = StageForm(request.POST or None, initial=start)
    return dialog(request, form, act, title=_("Stage %(name)s") % {"name": stage}, back=_home())


@require_POST
@may_manage
def place_stage(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """`to` is the new place, 1 the first: from the arrows, or where it was dropped."""
    wanted = request.POST.get("to") or request.GET.get("to", "")
    if not wanted.isdecimal() or len(wanted) > 4:
        raise Invalid({"to": [_("Send the place as a number, 1 for the first.")]})
    stage = actions.move_stage(stage=_stage(stage_id), position=int(wanted), by=context.actor())
    return _back(request, _("%(name)s is number %(n)d now.") % {"name": stage, "n": stage.position})


@require_http_methods(["GET", "POST"])
@may_manage
def remove_stage(request: HttpRequest, stage_id: UUID) -> HttpResponse:
    """Asks where its deals go, if it has any."""
    stage = _stage(stage_id)
    others = [one for one in _live_stages() if one.pk != stage.pk]
    form = _move_form(request, others, deals_in(stage).count())

    def act(values: dict[str, Any]) -> str:
        actions.remove_stage(stage=stage, move_to=_chosen(others, values.get("move_to")), by=context.actor())
        return _("%(name)s was removed.") % {"name": stage}

    title = _("Remove the stage %(name)s?") % {"name": stage}
    return dialog(request, form, act, title=title, back=_home(), submit=_("Remove"), danger=True)


def _back(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return dialog_done(_home()) if request.htmx else redirect(_home())  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@may_manage
def deals(request: HttpRequest) -> HttpResponse:
    """What cards show, and why deals are lost."""
    start = {"fields_shown": sales_settings().card_fields}
    form = CardForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        actions.set_card_fields(names=form.cleaned_data["fields_shown"], by=context.actor())
        messages.success(request, _("Saved."))
        return redirect("crm:deal-settings")
    values = {"form": form, "reasons": LostReason.objects.all(), "tabs": settings_tabs(request)}
    return render(request, "crm/deal_settings.html", values, status=422 if form.errors else 200)


def _reason(reason_id: UUID) -> LostReason:
    found = LostReason.objects.filter(pk=reason_id).first()
    if not found:
        raise NotFound(_("There is no such reason."))
    return found


@require_http_methods(["GET", "POST"])
@may_manage
def reason(request: HttpRequest, reason_id: UUID | None = None) -> HttpResponse:
    """A new reason, or another name for one."""
    found = _reason(reason_id) if reason_id else None

    def act(values: dict[str, Any]) -> str:
        if found:
            actions.rename_reason(reason=found, name=values["name"], by=context.actor())
        else:
            actions.add_reason(name=values["name"], by=context.actor())
        return _("Saved.")

    form = ReasonForm(request.POST or None, initial={"name": found.name} if found else None)
    title = _("Rename the reason") if found else _("New reason")
    return dialog(request, form, act, title=title, back=reverse("crm:deal-settings"))


@require_http_methods(["GET", "POST"])
@may_manage
def remove_reason(request: HttpRequest, reason_id: UUID) -> HttpResponse:
    found = _reason(reason_id)
    others = list(LostReason.objects.exclude(pk=found.pk))
    count = Deal.objects.filter(lost_reason=found).count()
    label = ngettext("The %(n)d deal lost for it gets", "The %(n)d deals lost for it get", count) % {"n": count}
    form = MoveForm(
        request.POST if request.method == "POST" else None, label=label, is_needed=bool(count),
        choices=[(str(one.pk), one.name) for one in others],
    )  # fmt: skip

    def act(values: dict[str, Any]) -> str:
        taker = next((one for one in others if str(one.pk) == values.get("move_to")), None)
        actions.remove_reason(reason=found, move_to=taker, by=context.actor())
        return _("%(name)s was removed.") % {"name": found}

    title, back = _("Remove “%(name)s”?") % {"name": found}, reverse("crm:deal-settings")
    return dialog(request, form, act, title=title, back=back, submit=_("Remove"), danger=True)
