"""What a crash left: operations whose process is gone are gone on with."""

from datetime import timedelta

from django.utils import timezone

from tenants.fleet.models import OPEN_STATES, Operation

PATIENCE = timedelta(seconds=60)


def left_behind(*, patience: timedelta = PATIENCE) -> list[Operation]:
    """Open ones of which nothing was heard for a while. One still at work refuses a second process by its lock."""
    quiet = Operation.objects.filter(state__in=OPEN_STATES, updated_at__lte=timezone.now() - patience)
    return list(quiet.order_by("id"))
