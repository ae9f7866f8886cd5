"""The operation that makes a backup."""

from django.utils.translation import gettext_lazy as _

from tenants.fleet.backups import endings
from tenants.fleet.backups.actions import let_go
from tenants.fleet.backups.making import check_backup
from tenants.fleet.backups.making import write_backup as write
from tenants.fleet.backups.models import Backup, BackupState
from tenants.fleet.backups.stores.base import StoreFailed
from tenants.fleet.backups.stores.choosing import store
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.kernel.logs import logger

log = logger(__name__)


def _backup(work: Work) -> Backup:
    return Backup.objects.get(pk=work.arguments["backup"])


@step(_("Reading the company and writing the backup"))
def write_backup(work: Work) -> None:
    backup = _backup(work)
    if backup.state != BackupState.KEPT:
        write(work.company, backup, work.tell)
    work.give(backup=str(backup.pk), rows=backup.rows, size=backup.size, seconds=backup.seconds)


@step(_("Reading it back"))
def read_back(work: Work) -> None:
    check_backup(_backup(work), work.tell)


@step(_("Letting go of older ones"))
def let_older_go(work: Work) -> None:
    let_go(company=work.company, by=work.actor)


def undo(work: Work) -> None:
    """Nothing is kept that is not whole. One that was written and cannot be read stays, marked, to be looked into."""
    backup = Backup.objects.filter(pk=work.arguments["backup"]).first()
    if backup and backup.state == BackupState.MAKING:
        try:
            store().delete(backup.place)
        except StoreFailed as error:  # perhaps the very reason why it failed; what lies there goes with the row
            log.warning("what was written of a backup could not be deleted", place=backup.place, fault=str(error))
        backup.state = BackupState.FAILED
        backup.save(update_fields=["state", "updated_at"])


BACKUP = register(Kind(name="backup", label=_("Backup"), steps=(write_backup, read_back, let_older_go), undo=undo))

assert endings  # says what becomes of backups when a company is erased
