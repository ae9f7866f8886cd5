"""What the CRM offers to workflows: its leads and deals by name, and what is done with them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param, TriggerKind
from tenants.automation.definition.plans import duration_of
from tenants.automation.definition.scopes import id_of, plain
from tenants.automation.engine.step import Step
from tenants.automation.kinds.triggers import became, changed, crossed, is_value
from tenants.automation.kinds.writing import target
from tenants.crm.actions import Plan, convert_lead
from tenants.crm.enums import ActivityType, Outcome, Priority, TaskCategory, Temperature
from tenants.crm.models import Lead, Stage
from tenants.crm.recipes import RECIPES as RECIPES
from tenants.kernel.errors import Invalid
from tenants.records.actions import create_record, update_record
from tenants.records.registry import type_named, type_of

LEADS, DEALS, TASKS = _("Leads"), _("Deals"), _("Tasks and activities")
ABOUT = ("contacts", "accounts", "leads", "deals")
NAMED = ("contact", "account", "deal", "lead")


def _named(name: str, label: Any, icon: str, events: tuple[str, ...], *params: Param, **more: Any) -> TriggerKind:
    """A trigger of one type of record: the part of the event's name before the dot tells which."""
    type_name = {"lead": "leads", "deal": "deals", "task": "tasks", "contact": "contacts"}[events[0].partition(".")[0]]
    return TriggerKind(
        name=name, label=label, icon=icon, group=more.pop("group", LEADS if type_name == "leads" else DEALS),
        params=params, events=lambda params: events, record_type=lambda params: type_name, **more,
    )  # fmt: skip


def _stage_changed(params: Mapping[str, Any], event: Any) -> bool:
    pair = changed(event, "stage")
    return pair is not None and is_value(pair[0], params.get("from")) and is_value(pair[1], params.get("to"))


def _entered_stage(params: Mapping[str, Any], event: Any) -> bool:
    """Made in it, or moved into it."""
    pair = changed(event, "stage")
    return pair is not None and is_value(pair[1], params.get("stage"))


def _left_stage(params: Mapping[str, Any], event: Any) -> bool:
    pair = changed(event, "stage")
    return pair is not None and pair[0] is not None and is_value(pair[0], params.get("stage"))


def _score(params: Mapping[str, Any], event: Any) -> bool:
    return crossed(became(event, "score"), params.get("threshold"))


def _score_drop(params: Mapping[str, Any], event: Any) -> bool:
    return crossed(changed(event, "score"), params.get("threshold"), downwards=True)


def _stages() -> list[tuple[str, str]]:
    rows = Stage.objects.filter(deleted_at=None, pipeline__deleted_at=None).select_related("pipeline")
    return [(str(one.pk), f"{one.pipeline}: {one}") for one in rows.order_by("pipeline__position", "position")]


def _stage(name: str, label: Any, *, is_required: bool = False) -> Param:
    return Param(name=name, label=label, kind="value", of="", is_required=is_required, choices=_stages,
                 allows_variables=False, hint=_("Id or name of a stage; empty: any"))  # fmt: skip


THRESHOLD = Param(name="threshold", label=_("Score"), kind="number", is_required=True, default=80)
TRIGGERS = (
    _named("lead_created", _("A lead is made"), "user-plus", ("lead.created",)),
    _named("lead_updated", _("A lead is changed"), "user-edit", ("lead.updated",)),
    _named("lead_converted", _("A lead is converted"), "arrow-right-circle", ("lead.converted",)),
    _named("lead_score_threshold", _("A lead's score reaches a line"), "flame", ("lead.updated", "lead.created"),
           THRESHOLD, accepts=_score),
    _named("engagement_score_drop", _("A lead's score drops below a line"), "trending-down", ("lead.updated",),
           THRESHOLD, accepts=_score_drop),
    _named("deal_stage_changed", _("A deal changes its stage"), "arrows-right", ("deal.updated",),
           _stage("from", _("From")), _stage("to", _("To")), accepts=_stage_changed),
    _named("deal_entered_stage", _("A deal enters a stage"), "login", ("deal.created", "deal.updated"),
           _stage("stage", _("Stage"), is_required=True), accepts=_entered_stage),
    _named("deal_left_stage", _("A deal leaves a stage"), "logout", ("deal.updated",),
           _stage("stage", _("Stage"), is_required=True), accepts=_left_stage),
    _named("deal_won", _("A deal is won"), "trophy", ("deal.won",)),
    _named("deal_lost", _("A deal is lost"), "mood-sad", ("deal.lost",)),
    _named("task_completed", _("A task is finished"), "checkbox", ("task.completed",), group=TASKS),
)  # fmt: skip


# Actions


def change_stage(step: Step) -> Mapping[str, Any]:
    """By id, or by a name in the deal's own pipeline."""
    _record_type, deal = target(step)
    stage = _stage_named(deal, step.params.get("stage"))
    before = str(deal.stage)
    found = update_record(record=deal, values={"stage": str(stage.pk)}, by=step.actor)
    return {"from": before, "to": str(stage), "status": found.status}


def _stage_named(deal: Any, wanted: Any) -> Stage:
    pk = id_of(wanted)
    rows = Stage.objects.filter(deleted_at=None)
    mine = rows.filter(pipeline_id=deal.stage.pipeline_id, name__iexact=str(plain(wanted) or "").strip())
    found = rows.filter(pk=pk).first() if pk else mine.first()
    if not found:
        raise Invalid({"stage": [_t("There is no such stage in the deal's pipeline.")]})
    return found


def change_priority(step: Step) -> Mapping[str, Any]:
    """Of a task its priority; of a lead or deal how hot it is."""
    record_type, record = target(step)
    field = "priority" if "priority" in record_type.fields else "temperature"
    wanted = str(step.params.get("priority") or "").lower()
    update_record(record=record, values={field: wanted}, by=step.actor)
    return {"field": field, "value": wanted}


def convert(step: Step) -> Mapping[str, Any]:
    _record_type, record = target(step)
    if not isinstance(record, Lead):
        raise Invalid({"record_id": [_t("Only a lead can be converted.")]})
    makes_deal = step.params.get("makes_deal")
    plan = Plan(
        makes_deal=True if makes_deal is None else bool(makes_deal),
        ignores_duplicates=step.params.get("on_duplicate") == "create",
    )
    lead = convert_lead(lead=record, plan=plan, by=step.actor)
    made = {"contact": lead.contact, "account": lead.account, "deal": lead.deal}
    return {name: {"id": str(one.pk), "name": str(one)} if one else None for name, one in made.items()}


def create_task(step: Step) -> Mapping[str, Any]:
    """About the record of the run; its owner gets it, unless somebody is named."""
    task_type = type_named("tasks")
    owner = id_of(step.params.get("owner")) or getattr(step.record, "owner_id", None)
    due = step.params.get("due_in") or {}
    values = {
        "name": str(plain(step.params.get("name")) or "")[:200], "owner": str(owner) if owner else None,
        "description": str(plain(step.params.get("description")) or ""), "category": step.params.get("category"),
        "priority": step.params.get("priority"), **_about(step),
        "due_at": (step.now + (duration_of(due) if due else timedelta(days=1))).isoformat(),
    }  # fmt: skip
    given = {name: value for name, value in values.items() if value not in (None, "")}
    made = create_record(record_type=task_type, values=given, by=step.actor)
    return {"id": str(made.pk), "name": str(made), "record_type": "tasks"}


def log_activity(step: Step) -> Mapping[str, Any]:
    values = {
        "type": step.params.get("type"), "subject": str(plain(step.params.get("subject")) or "")[:200],
        "description": str(plain(step.params.get("description")) or ""), "outcome": step.params.get("outcome"),
        "occurred_at": step.now.isoformat(), **_about(step),
    }  # fmt: skip
    given = {name: value for name, value in values.items() if value not in (None, "")}
    made = create_record(record_type=type_named("activities"), values=given, by=step.actor)
    return {"id": str(made.pk), "name": str(made), "record_type": "activities"}


def _about(step: Step) -> dict[str, Any]:
    """The record; for one of another module, like an invoice, the first of whom it names."""
    for record in (step.record, *(getattr(step.record, name, None) for name in NAMED)):
        found = type_of(record) if record is not None else None
        if found and found.name in ABOUT and not record.deleted_at:
            return {"about_type": found.name, "about_id": str(record.pk)}
    return {}


def _options(choices: Any) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [(value, label) for value, label in choices.choices]


MADE = {"id": _("Its id"), "name": _("Its name")}
ACTIONS = (
    ActionKind(
        name="change_stage", label=_("Change the stage"), icon="arrows-right", group=DEALS, run=change_stage,
        record_types=("deals",), outputs={"from": _("Before"), "to": _("After"), "status": _("Its status")},
        params=(Param(name="stage", label=_("Stage"), kind="value", of="", choices=_stages, is_required=True,
                      hint=_("Id or name of a stage")),),
    ),
    ActionKind(
        name="change_priority", label=_("Change the priority"), icon="flame", group=DEALS, run=change_priority,
        record_types=("leads", "deals", "tasks"), outputs={"field": _("Which field"), "value": _("What it is")},
        params=(Param(name="priority", label=_("Priority"), kind="choice", is_required=True,
                      choices=lambda: [*Temperature.choices, *Priority.choices]),),
    ),
    ActionKind(
        name="convert_lead", label=_("Convert the lead"), icon="arrow-right-circle", group=LEADS, run=convert,
        record_types=("leads",),
        outputs={"contact": _("The contact"), "account": _("The account"), "deal": _("The deal")},
        params=(
            Param(name="makes_deal", label=_("With a deal"), kind="boolean", default=True),
            Param(name="on_duplicate", label=_("Where somebody like it is there"), kind="choice", default="refuse",
                  choices=(("refuse", _("Stop here")), ("create", _("Make another")))),
        ),
    ),
    ActionKind(
        name="create_task", label=_("Create a task"), icon="checkbox", group=TASKS, run=create_task, outputs=MADE,
        needs_record=False,
        params=(
            Param(name="name", label=_("Title"), is_required=True),
            Param(name="description", label=_("Description"), kind="long_text"),
            Param(name="due_in", label=_("Due in"), kind="duration", default={"days": 1}),
            Param(name="owner", label=_("For"), kind="user", hint=_("Empty: the record's owner")),
            Param(name="priority", label=_("Priority"), kind="choice", choices=_options(Priority)),
            Param(name="category", label=_("Category"), kind="choice", choices=_options(TaskCategory)),
        ),
    ),
    ActionKind(
        name="log_activity", label=_("Log an activity"), icon="history", group=TASKS, run=log_activity, outputs=MADE,
        params=(
            Param(name="type", label=_("Type"), kind="choice", choices=_options(ActivityType), is_required=True),
            Param(name="subject", label=_("Subject"), is_required=True),
            Param(name="description", label=_("Description"), kind="long_text"),
            Param(name="outcome", label=_("Outcome"), kind="choice", choices=_options(Outcome)),
        ),
    ),
)  # fmt: skip
