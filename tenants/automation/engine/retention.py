"""How long the log of runs is kept."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from tenants.automation.enums import OPEN
from tenants.automation.models import Enrolment, StepRun, Version

KEPT_DAYS: Final = 90
PIECE: Final = 2_000


@transaction.atomic
def forget_some() -> int:
    """Runs that ended long ago, with their steps. Where a record may enter once in its life, that it did is kept."""
    old = Enrolment.objects.exclude(state__in=OPEN).filter(ended_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    once = Version.objects.filter(definition__settings__reentry="never").values("workflow_id")
    ids = list(old.exclude(workflow_id__in=once).order_by().values_list("pk", flat=True)[:PIECE])
    StepRun.objects.filter(enrolment_id__in=ids).delete()
    kept = StepRun.objects.filter(enrolment__in=old, enrolment__workflow_id__in=once).order_by()
    lines = list(kept.values_list("pk", flat=True)[:PIECE])
    StepRun.objects.filter(pk__in=lines).delete()
    Enrolment.objects.filter(pk__in=ids).delete()
    return len(ids) + len(lines)
