"""Restoring beside, swapping, going back, throwing away: each an operation of the company. In public."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.fleet.backups.models import Backup
from tenants.fleet.models import Operation
from tenants.fleet.operations.actions import begin
from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict
from tenants.kernel.ids import schema_name

USABLE = (RestoreState.BESIDE, RestoreState.SWAPPED)


@transaction.atomic
def begin_restore(*, company: Company, backup: Backup, by: Actor) -> Operation:
    """Have a worker restore a backup into a schema beside the company's own. Raises Conflict."""
    from tenants.fleet.restoring.kinds import RESTORE

    if backup.company_id != company.pk or not backup.is_usable or not backup.made_at:
        raise Conflict(_("This backup cannot be restored."))
    restore = Restore(
        company_id=company.pk, agency_id=company.agency_id, subject=company.name, backup_id=backup.pk,
        made_at=backup.made_at, schema_name=schema_name(), actor_name=by.name[:120],
        expires_at=timezone.now() + timedelta(days=settings.RESTORE_KEPT_DAYS),
    )  # fmt: skip
    try:
        with transaction.atomic():
            restore.save(force_insert=True)
    except IntegrityError as error:
        if "restore_one_beside_a_company" not in str(error):
            raise
        raise Conflict(
            _("There is a restored copy beside this company already."), fix=_("Throw it away before the next.")
        ) from error
    return begin(RESTORE, company=company, by=by, restore=str(restore.pk))


def begin_swap(*, company: Company, restore: Restore, by: Actor) -> Operation:
    """Have the copy take the company's place; done once more it goes back. Raises Conflict."""
    from tenants.fleet.restoring.kinds import SWAP

    _require(company, restore)
    return begin(SWAP, company=company, by=by, restore=str(restore.pk), was=restore.state)


def begin_discard(*, company: Company, restore: Restore, by: Actor) -> Operation:
    """Have what is beside the company taken away. Raises Conflict."""
    from tenants.fleet.restoring.kinds import DISCARD

    _require(company, restore)
    return begin(DISCARD, company=company, by=by, restore=str(restore.pk))


def _require(company: Company, restore: Restore) -> None:
    restore.refresh_from_db()
    if restore.company_id != company.pk or restore.state not in USABLE:
        raise Conflict(_("There is no restored copy beside this company."))


def discard_expired(*, by: Actor) -> int:
    """Begin taking away what nobody asked for in time; how many."""
    begun = 0
    for restore in Restore.objects.filter(state__in=USABLE, expires_at__lte=timezone.now())[:50]:
        company = Company.objects.select_related("agency").filter(pk=restore.company_id).first()
        if not company:
            continue  # erasing a company takes along what is beside it
        try:
            begin_discard(company=company, restore=restore, by=by)
        except Conflict:
            continue
        begun += 1
    return begun
