"""What can be done to the pipelines of many companies at once."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.crm.actions.pipelines import remove_stage
from tenants.crm.models import Pipeline, Stage
from tenants.fleet.commands.registry import Argument, Done, FleetCommand, Values, register
from tenants.kernel import context
from tenants.records.actions import create_record
from tenants.records.registry import type_named


def _has_it(values: Values) -> str:
    found = Stage.objects.filter(pipeline__is_default=True, deleted_at=None, name__iexact=values["name"])
    return _("The stage is there already.") if found.exists() else ""


def _add(values: Values) -> Done:
    """Into the default pipeline, as an open stage before those that end a deal."""
    by, pipeline = context.actor(), Pipeline.objects.get(is_default=True)
    ending = Stage.objects.filter(pipeline=pipeline, deleted_at=None).exclude(kind="open").order_by("position").first()
    record_type = type_named("stages")
    given = {"pipeline": pipeline.pk, "name": values["name"], "probability": values["probability"]}
    given |= {"position": ending.position if ending else 0}
    stage = create_record(record_type=record_type, values=record_type.initial(by) | given, by=by)
    return Done(told=_("Stage “%(name)s”") % {"name": stage.name}, what={"stage": str(stage.pk)})


def _take_away(what: dict[str, Any]) -> None:
    stage = Stage.objects.filter(pk=what["stage"], deleted_at=None).first()
    if stage:
        remove_stage(stage=stage, move_to=None, by=context.actor())


register(
    FleetCommand(
        name="add-stage",
        label=gettext_lazy("Add a pipeline stage"),
        text=gettext_lazy("An open stage of the default pipeline, before those that end a deal."),
        arguments=(
            Argument("name", gettext_lazy("Name")),
            Argument("probability", gettext_lazy("Probability, in %"), default="50"),
        ),
        check=_has_it,
        apply=_add,
        revert=_take_away,
    )
)
