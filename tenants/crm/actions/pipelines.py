"""How a company sells: its pipelines, their stages, why deals are lost, what cards show."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.crm.enums import DEFAULT_LOST_REASONS, DEFAULT_STAGES, CardField, StageKind
from tenants.crm.models import Deal, LostReason, Pipeline, SalesSettings, Stage
from tenants.crm.models.deals import DEFAULT
from tenants.crm.queries import stages_of
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.actions import create_record, delete_record, note_change, update_record
from tenants.records.changes import write_history
from tenants.records.copying import copy_in
from tenants.records.queries import require
from tenants.records.registry import type_named
from tenants.records.search.index import drop_records

MOST_MOVED = 500
PLANTING = timedelta(seconds=1)
SETTINGS = "settings"


def add_pipeline(*, name: str, by: Actor) -> Pipeline:
    """A pipeline with the nine default stages. Raises Invalid, Denied."""
    return create_record(record_type=type_named("pipelines"), values={"name": name}, by=by)  # type: ignore[no-any-return]


def plant_stages(pipeline: Pipeline) -> list[Stage]:
    """The nine default stages, in a pipeline that has none."""
    stages = [
        Stage(pipeline=pipeline, name=name, position=position, probability=probability, kind=kind)
        for position, (name, probability, kind) in enumerate(DEFAULT_STAGES, start=1)
    ]
    copy_in(stages)
    return stages


@transaction.atomic
def clear_planted_stages() -> None:
    """Take away what a new company was given, before another one's stages come: if nobody has touched or used it."""
    rows = Stage.objects.select_for_update().order_by("position")
    now = [(row.name, row.probability, row.kind) for row in rows]
    if now == list(DEFAULT_STAGES) and _is_untouched(rows) and not Deal.objects.exists():
        drop_records(type_named("stages"), [row.pk for row in rows])
        rows.delete()


@transaction.atomic
def clear_planted_reasons() -> None:
    """As with stages."""
    rows = LostReason.objects.select_for_update().order_by("position")
    if len(rows) == len(DEFAULT_LOST_REASONS) and _is_untouched(rows) and not Deal.objects.exists():
        rows.delete()


def _is_untouched(rows: Iterable[Any]) -> bool:
    return all(row.updated_at - row.created_at < PLANTING for row in rows)


@transaction.atomic
def make_default(*, pipeline: Pipeline, by: Actor) -> Pipeline:
    """New deals start in this pipeline from now on. Raises Conflict for one in the bin, Denied."""
    require(by, "edit", "pipelines")
    rows = {row.pk: row for row in Pipeline.objects.select_for_update().order_by("pk")}
    chosen, before = rows[pipeline.pk], next(row for row in rows.values() if row.is_default)
    if chosen.deleted_at:
        raise Conflict(_("%(name)s is in the bin. Restore it first.") % {"name": chosen}, field="pipeline")
    if chosen.pk != before.pk:
        Pipeline.objects.filter(pk=before.pk).update(is_default=False, default_slot=None)
        Pipeline.objects.filter(pk=chosen.pk).update(is_default=True, default_slot=DEFAULT)
        note_change(record=chosen, action="updated", changes={"is_default": [False, True]}, by=by)
    chosen.refresh_from_db()
    return chosen


@transaction.atomic
def move_stage(*, stage: Stage, position: int, by: Actor) -> Stage:
    """Put a stage at a place among the stages of its pipeline, 1 the first. Raises Denied."""
    require(by, "edit", "stages")
    Pipeline.objects.select_for_update().filter(pk=stage.pipeline_id).first()
    others = [one for one in stages_of(stage.pipeline) if one.pk != stage.pk]
    others.insert(max(0, min(position - 1, len(others))), stage)
    moved = [(place, one) for place, one in enumerate(others, start=1) if one.position != place]
    if not moved:
        return stage
    _number(others, stage)
    note_change(record=stage, action="updated", changes={"position": [stage.position, others.index(stage) + 1]}, by=by)
    stage.refresh_from_db()
    return stage


def _number(stages: list[Stage], stage: Stage) -> None:
    """1, 2, 3 in this order, those in the bin last: first all out of the way, then each to its place."""
    whole = Stage.objects.filter(pipeline_id=stage.pipeline_id)
    order = [one.pk for one in stages] + list(whole.exclude(deleted_at=None).values_list("pk", flat=True))
    last = whole.aggregate(last=Max("position"))["last"] or 0
    whole.update(position=F("position") + max(last, len(order)) + 1)
    for place, stage_id in enumerate(order, start=1):
        Stage.objects.filter(pk=stage_id).update(position=place)


def make_room(stage: Stage) -> None:
    """Before a stage is saved: 0 means the end; those at and behind a taken place move on by one."""
    others = Stage.objects.filter(pipeline_id=stage.pipeline_id).exclude(pk=stage.pk)
    if not stage.position:
        stage.position = (others.aggregate(last=Max("position"))["last"] or 0) + 1
    elif others.filter(position=stage.position).exists():
        others.filter(position__gte=stage.position).update(position=F("position") + 1)


def check_stages_left(stage: Stage, *, what: str) -> None:
    """Raise Invalid when without this stage its pipeline would have no open, won or lost one."""
    kind = Stage.objects.filter(pk=stage.pk).values_list("kind", flat=True).get()
    pipeline_id = Stage.objects.filter(pk=stage.pk).values_list("pipeline_id", flat=True).get()
    others = Stage.objects.filter(pipeline_id=pipeline_id, kind=kind, deleted_at=None).exclude(pk=stage.pk)
    if not others.exists():
        words = {"kind": str(StageKind(kind).label).lower()}
        raise Invalid({what: [_("A pipeline needs a stage of the kind “%(kind)s”. Add another one first.") % words]})


def deals_in(stage: Stage) -> Any:
    return Deal.objects.filter(stage=stage, deleted_at=None)


def refuse_stage_in_use(stage: Stage) -> None:
    count = deals_in(stage).count()
    if count:
        words = ngettext("%(n)d deal stands in it.", "%(n)d deals stand in it.", count) % {"n": count}
        raise Conflict(words, field="stage", fix=_("Say which stage takes them, in Settings, Pipelines."))


@transaction.atomic
def remove_stage(*, stage: Stage, move_to: Stage | None, by: Actor) -> None:
    """Delete a stage; its deals go to `move_to`. Raises Conflict without one, Invalid, Denied."""
    require(by, "delete", "stages")
    Pipeline.objects.select_for_update().filter(pk=stage.pipeline_id).first()
    if move_to and (move_to.pk == stage.pk or move_to.deleted_at):
        raise Invalid({"move_to": [_("Choose a stage that stays.")]})
    if move_to:
        _move_deals(list(deals_in(stage)[: MOST_MOVED + 1]), move_to, by)
    delete_record(record=stage, by=by)
    left = stages_of(stage.pipeline).filter(kind=stage.kind).first()
    _point_elsewhere(Deal.objects.filter(stage=stage).exclude(deleted_at=None), "stage", stage, move_to or left, by)


def _point_elsewhere(deals: "QuerySet[Deal]", name: str, before: Any, after: Any, by: Actor) -> None:
    """Deals that point at what goes away point at another, past their own rules; history tells of it."""
    pair = [{"id": str(one.pk), "name": str(one)} if one else None for one in (before, after)]
    write_history(type_named("deals"), [(pk, {name: pair}) for pk in deals.values_list("pk", flat=True)], by=by)
    deals.update(**{name: after})


@transaction.atomic
def remove_pipeline(*, pipeline: Pipeline, move_to: Stage | None, by: Actor) -> None:
    """Delete a pipeline; its deals go to a stage of another one. Raises Conflict, Invalid, Denied."""
    require(by, "delete", "pipelines")
    Pipeline.objects.select_for_update().filter(pk=pipeline.pk).first()
    if move_to:
        if move_to.pipeline_id == pipeline.pk or move_to.deleted_at:
            raise Invalid({"move_to": [_("Choose a stage of another pipeline.")]})
        deals = Deal.objects.filter(stage__pipeline=pipeline, deleted_at=None)
        _move_deals(list(deals[: MOST_MOVED + 1]), move_to, by)
    delete_record(record=pipeline, by=by)


def _move_deals(deals: list[Deal], stage: Stage, by: Actor) -> None:
    if len(deals) > MOST_MOVED:
        words = _("More than %(most)d deals stand there. Move them by a bulk edit of the list first.")
        raise Invalid({"move_to": [words % {"most": MOST_MOVED}]})
    for deal in deals:
        update_record(record=deal, values={"stage": stage.pk}, by=by)


def refuse_pipeline_in_use(pipeline: Pipeline) -> None:
    if pipeline.is_default:
        raise Conflict(
            _("%(name)s is the default pipeline, and there must be one.") % {"name": pipeline}, field="pipeline",
            fix=_("Make another pipeline the default first."),
        )  # fmt: skip
    count = Deal.objects.filter(stage__pipeline=pipeline, deleted_at=None).count()
    if count:
        words = ngettext("%(n)d deal goes through it.", "%(n)d deals go through it.", count) % {"n": count}
        raise Conflict(words, field="pipeline", fix=_("Say which stage takes them, in Settings, Pipelines."))


@transaction.atomic
def set_card_fields(*, names: Sequence[str], by: Actor) -> SalesSettings:
    """What cards of deals show, in this order. Raises Invalid, Denied."""
    _require_settings(by)
    strange = [name for name in names if name not in CardField.values]
    if strange:
        known = ", ".join(CardField.values)
        raise Invalid({"card_fields": [_("Choose among: %(known)s.") % {"known": known}]})
    found = SalesSettings.objects.select_for_update().get()
    found.card_fields = list(dict.fromkeys(names))
    found.save()
    return found


@transaction.atomic
def add_reason(*, name: str, by: Actor) -> LostReason:
    """A reason to lose deals for, at the end of the list. Raises Invalid, Denied."""
    _require_settings(by)
    last = LostReason.objects.aggregate(last=Max("position"))["last"] or 0
    return LostReason.objects.create(name=_reason_name(name, None), position=last + 1)


@transaction.atomic
def rename_reason(*, reason: LostReason, name: str, by: Actor) -> LostReason:
    _require_settings(by)
    reason.name = _reason_name(name, reason)
    reason.save()
    return reason


@transaction.atomic
def remove_reason(*, reason: LostReason, move_to: LostReason | None, by: Actor) -> None:
    """Delete a reason; deals lost for it get another one. Raises Conflict without one, Denied."""
    _require_settings(by)
    lost = Deal.objects.filter(lost_reason=reason)
    count = lost.count()
    if count and (move_to is None or move_to.pk == reason.pk):
        words = ngettext("%(n)d deal was lost for it.", "%(n)d deals were lost for it.", count) % {"n": count}
        raise Conflict(words, field="move_to", fix=_("Choose the reason that takes its place."))
    _point_elsewhere(lost, "lost_reason", reason, move_to, by)
    reason.delete()


def _reason_name(raw: str, reason: LostReason | None) -> str:
    name = raw.replace("\x00", "").strip()
    if not name or len(name) > 120:
        raise Invalid({"name": [_("Write the reason in at most 120 characters.")]})
    same = LostReason.objects.filter(name__iexact=name)
    if (same.exclude(pk=reason.pk) if reason else same).exists():
        raise Invalid({"name": [_("There is such a reason already.")]})
    return name


def _require_settings(by: Actor) -> None:
    if not by.may("edit", SETTINGS):
        raise Denied
