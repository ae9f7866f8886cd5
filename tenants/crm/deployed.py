"""Pipelines, stages, reasons to lose and the card, as a sandbox gives them back."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from tenants.crm.actions.pipelines import (
    add_pipeline,
    add_reason,
    make_default,
    move_stage,
    remove_pipeline,
    remove_reason,
    remove_stage,
    rename_reason,
    set_card_fields,
)
from tenants.crm.models import LostReason, Pipeline, SalesSettings, Stage
from tenants.kernel.actors import Actor
from tenants.records.actions import create_record, update_record
from tenants.records.deploying.parts import Part, Values, deployed
from tenants.records.registry import type_named

STAGE = ("name", "probability", "kind", "rot_days")


@deployed
class Pipelines(Part):
    """A new one has the nine stages every pipeline begins with; those of the sandbox come upon them by name."""

    name, label, order = "pipelines", _("Pipelines"), 50

    def rows(self) -> Iterable[Pipeline]:
        return Pipeline.objects.filter(deleted_at=None).order_by("position", "id")

    def told(self, row: Pipeline) -> Values:
        return {"name": row.name, "is_default": row.is_default}

    def create(self, values: Values, by: Actor) -> Pipeline:
        made = add_pipeline(name=values["name"], by=by)
        return make_default(pipeline=made, by=by) if values["is_default"] else made

    def update(self, row: Pipeline, values: Values, by: Actor) -> Pipeline:
        if "name" in values:
            row = update_record(record=row, values={"name": values["name"]}, by=by)
        # That another is the default now is said by that other.
        return make_default(pipeline=row, by=by) if values.get("is_default") else row

    def remove(self, row: Pipeline, by: Actor) -> None:
        remove_pipeline(pipeline=row, move_to=None, by=by)


@deployed
class Stages(Part):
    name, label, order = "stages", _("Stages"), 51
    refs: ClassVar[Mapping[str, str]] = {"pipeline": "pipelines"}

    def rows(self) -> Iterable[Stage]:
        rows = Stage.objects.filter(deleted_at=None, pipeline__deleted_at=None).select_related("pipeline")
        return rows.order_by("pipeline__position", "pipeline", "position")

    def told(self, row: Stage) -> Values:
        same = {name: getattr(row, name) for name in STAGE}
        return same | {"pipeline": str(row.pipeline_id), "position": row.position}

    def called(self, values: Values) -> Any:
        return values["pipeline"], str(values["name"]).casefold()

    def create(self, values: Values, by: Actor) -> Stage:
        given = {name: values[name] for name in (*STAGE, "pipeline")}
        made = create_record(record_type=type_named("stages"), values=given, by=by)
        return move_stage(stage=made, position=values["position"], by=by)

    def update(self, row: Stage, values: Values, by: Actor) -> Stage:
        if given := {name: value for name, value in values.items() if name in STAGE}:
            row = update_record(record=row, values=given, by=by)
        return move_stage(stage=row, position=values["position"], by=by) if "position" in values else row

    def remove(self, row: Stage, by: Actor) -> None:
        remove_stage(stage=row, move_to=None, by=by)


@deployed
class LostReasons(Part):
    name, label, order = "lost_reasons", _("Reasons to lose"), 52

    def rows(self) -> Iterable[LostReason]:
        return LostReason.objects.order_by("position")

    def told(self, row: LostReason) -> Values:
        return {"name": row.name}

    def create(self, values: Values, by: Actor) -> LostReason:
        return add_reason(name=values["name"], by=by)

    def update(self, row: LostReason, values: Values, by: Actor) -> LostReason:
        return rename_reason(reason=row, name=values["name"], by=by)

    def remove(self, row: LostReason, by: Actor) -> None:
        remove_reason(reason=row, move_to=None, by=by)


@deployed
class Card(Part):
    name, label, order = "deal_card", _("What cards of deals show"), 53
    can_remove = False

    def rows(self) -> Iterable[SalesSettings]:
        return SalesSettings.objects.all()

    def key(self, row: SalesSettings) -> str:
        return "card"

    def told(self, row: SalesSettings) -> Values:
        return {"card_fields": list(row.card_fields)}

    def update(self, row: SalesSettings, values: Values, by: Actor) -> SalesSettings:
        return set_card_fields(names=values["card_fields"], by=by)
