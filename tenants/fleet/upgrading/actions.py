"""Beginning migrations of the fleet. In public; whoever calls has asked whether the actor may."""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenants.fleet.migrating import head
from tenants.fleet.models import OPEN_STATES, Operation, Schema
from tenants.fleet.operations.actions import begin
from tenants.fleet.upgrading.canary import size_of
from tenants.fleet.upgrading.kinds import MIGRATE, VERIFY
from tenants.fleet.upgrading.limits import Limits
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid, NotFound

STOP_AFTER = 10
MOST_WORKERS = 32
CANARY = "5%"


def open_migration() -> Operation | None:
    """The one under way, or cut off."""
    return Operation.objects.filter(kind=MIGRATE.name, state__in=OPEN_STATES).first()


@transaction.atomic
def begin_migration(
    *,
    by: Actor,
    canary: str = CANARY,
    workers: int = 0,
    stop_after: int = STOP_AFTER,
    statement_seconds: int = Limits.statement_seconds,
    only: Sequence[str] = (),
    is_queued: bool = True,
) -> Operation:
    """Bring the companies that are behind to the running code: a few first, then the rest.

    `only` names schemas. Raises Conflict while another is under way, Invalid.
    """
    _check(canary=canary, workers=workers, stop_after=stop_after, statement_seconds=statement_seconds)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fleet.migrate'))")
    if open_migration():
        raise Conflict(_("The fleet is being migrated already."), fix=_("Wait, or go on with the one cut off."))
    return begin(
        MIGRATE, by=by, is_queued=is_queued, head=head(), canary=canary, workers=workers or settings.FLEET_WORKERS,
        stop_after=stop_after, statement_seconds=statement_seconds, only=list(only),
    )  # fmt: skip


def _check(*, canary: str, **numbers: int) -> None:
    size_of(canary, 1)
    limits = {"workers": (0, MOST_WORKERS), "stop_after": (1, 1_000_000), "statement_seconds": (1, 24 * 3600)}
    for name, value in numbers.items():
        least, most = limits[name]
        if not least <= value <= most:
            raise Invalid({name: [_("Choose a number from %(least)d to %(most)d.") % {"least": least, "most": most}]})


def retry(*, schema: str, by: Actor) -> Operation:
    """Try a company again that failed. Raises NotFound, Conflict."""
    if not Schema.objects.filter(name=schema).exclude(error="").exists():
        raise NotFound(_("No such failure"))
    return begin_migration(by=by, canary="0", only=[schema])


def retry_all(*, by: Actor) -> Operation:
    """Those that failed, and nobody else. Raises NotFound, Conflict."""
    names = list(Schema.objects.exclude(error="").order_by("id").values_list("name", flat=True))
    if not names:
        raise NotFound(_("No such failure"))
    return begin_migration(by=by, canary="0", only=names)


def begin_verification(*, by: Actor, only: Sequence[str] = ()) -> Operation:
    """Compare every schema with the template, and note what differs."""
    return begin(VERIFY, by=by, only=list(only))
