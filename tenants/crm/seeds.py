"""The first rows of a new company's CRM."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tenants.crm.actions.pipelines import plant_stages
from tenants.crm.enums import DEFAULT_CARD, DEFAULT_LOST_REASONS
from tenants.crm.models import LostReason, Pipeline, SalesSettings
from tenants.crm.models.deals import DEFAULT
from tenants.crm.views import plant_views
from tenants.records.copying import copy_in
from tenants.records.models import Rule
from tenants.records.registry import type_named
from tenants.records.search.index import add_records


def seed(facts: Mapping[str, str]) -> None:
    """The default pipeline with its nine stages, reasons to lose, what cards show, views, one sharing rule."""
    pipeline = Pipeline.objects.create(name="Sales", is_default=True, default_slot=DEFAULT)
    stages = plant_stages(pipeline)
    SalesSettings.objects.create(default_pipeline=pipeline, card_fields=list(DEFAULT_CARD))
    copy_in([LostReason(name=str(name), position=at) for at, name in enumerate(DEFAULT_LOST_REASONS, start=1)])
    plant_views()
    _plant_rule()
    # As they were planted: reading them back would cost more than all of it.
    add_records(type_named("pipelines"), [pipeline])
    add_records(type_named("stages"), stages)


def _plant_rule() -> None:
    """Leads that came in and belong to nobody yet may be taken by whoever changes leads at all."""
    Rule.objects.create(
        name=_("Leads without an owner"),
        record_type="leads",
        filter={"field": "owner", "op": "empty"},
        may_edit=True,
    )
