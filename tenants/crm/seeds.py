"""The first rows of a new company's CRM."""

from collections.abc import Mapping

from tenants.crm.enums import DEFAULT_STAGES
from tenants.crm.models import Pipeline, Stage


def seed(facts: Mapping[str, str]) -> None:
    """The default pipeline with its nine stages."""
    pipeline = Pipeline.objects.create(name="Sales", is_default=True)
    Stage.objects.bulk_create(
        Stage(pipeline=pipeline, name=name, position=position, probability=probability, kind=kind)
        for position, (name, probability, kind) in enumerate(DEFAULT_STAGES, start=1)
    )
