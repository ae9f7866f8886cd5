"""When a company is erased: copies beside it go at once, its backups on the day that its certificate names."""

from django.db.models import Max
from django.utils import timezone

from tenants.directory.models import Company
from tenants.fleet.backups.actions import expire_backups
from tenants.fleet.backups.models import Backup, BackupTurn
from tenants.fleet.lifecycle.rooms import on_erase, still_kept
from tenants.fleet.pool import drop_schema
from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.kernel.storage import drop_folder


@on_erase
def drop_copies_beside(company: Company) -> list[str]:
    rows = list(Restore.objects.filter(company_id=company.pk).exclude(state=RestoreState.GONE))
    for restore in rows:
        drop_folder(restore.schema_name)
        drop_schema(restore.schema_name)
        restore.state, restore.expires_at = RestoreState.GONE, None
        restore.save(update_fields=["state", "expires_at", "updated_at"])
    BackupTurn.objects.filter(company_id=company.pk).delete()
    return [f"{len(rows):,} restored copies"] if rows else []


@still_kept
def backups_until_they_expire(company: Company) -> list[str]:
    """Sealed, and gone by themselves on their day."""
    expire_backups(company_id=company.pk)
    rows = Backup.objects.filter(company_id=company.pk)
    last = rows.aggregate(last=Max("expires_at"))["last"]
    return [f"{rows.count():,} sealed backups until {last:%Y-%m-%d}"] if last and last > timezone.now() else []
