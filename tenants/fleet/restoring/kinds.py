"""The operations of restoring: a copy beside, the swap there and back, throwing away."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.directory.hosts import forget_hosts
from tenants.fleet.backups.models import Backup
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.pool import drop_schema
from tenants.fleet.restoring.filling import differences_from, fill
from tenants.fleet.restoring.folders import exchange_folders
from tenants.fleet.restoring.hooks import tell_swapped
from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.fleet.restoring.queries import place_of
from tenants.fleet.restoring.swapping import swap
from tenants.fleet.restoring.testing import TEST
from tenants.fleet.streams.loading import Altered, to_head
from tenants.fleet.streams.manifest import Manifest
from tenants.kernel import context, trust
from tenants.kernel.cache import forget_place
from tenants.kernel.storage import drop_folder


def _restore(work: Work) -> Restore:
    return Restore.objects.get(pk=work.arguments["restore"])


def _set(restore: Restore, **values: object) -> None:
    for name, value in values.items():
        setattr(restore, name, value)
    restore.save(update_fields=[*values, "updated_at"])


@step(_("Restoring beside the company"))
def fill_beside(work: Work) -> None:
    restore = _restore(work)
    manifest = fill(restore.schema_name, Backup.objects.get(pk=restore.backup_id), work.tell, work.check)
    work.keep(manifest=manifest.without_files().to_json())


@step(_("Comparing checksums"))
def compare(work: Work) -> None:
    restore, manifest = _restore(work), Manifest.from_json(work.kept["manifest"])
    if found := differences_from(manifest, restore.schema_name):
        for line in found[:20]:
            work.say(line)
        raise Altered
    _set(restore, is_exact=True, rows=manifest.rows)
    work.keep(manifest="")


@step(_("Bringing it to the shape of today"))
def shape(work: Work) -> None:
    restore = _restore(work)
    to_head(restore.schema_name)
    _set(restore, state=RestoreState.BESIDE)
    work.give(restore=str(restore.pk), rows=restore.rows, exact=restore.is_exact)


def undo_fill(work: Work) -> None:
    restore = _restore(work)
    if restore.state == RestoreState.MAKING:
        _take_away(restore)


def _take_away(restore: Restore) -> None:
    """Folder, schema, role, in that order; the row says last that they are gone."""
    drop_folder(restore.schema_name)
    drop_schema(restore.schema_name)
    _set(restore, state=RestoreState.GONE, expires_at=None)


@step(_("Bringing the copy to the shape of today"))
def shape_again(work: Work) -> None:
    """The company may have been migrated since."""
    to_head(_restore(work).schema_name)


@step(_("Exchanging the tables"))
def exchange_tables(work: Work) -> None:
    swap(_restore(work), work.company.schema_name, was=work.arguments["was"])


@step(_("Exchanging the files"))
def exchange_files(work: Work) -> None:
    exchange_folders(work, work.company.schema_name, _restore(work).schema_name)


@step(_("Telling everybody"))
def tell_everybody(work: Work) -> None:
    """Caches, the index of members, sessions, the company's own audit."""
    restore, company = _restore(work), work.company
    tell_swapped(company, place_of(restore))
    forget_place(company.place)
    forget_hosts()
    is_back = work.arguments["was"] == RestoreState.SWAPPED
    with context.inside(company.place), transaction.atomic():
        action = "company.swapped_back" if is_back else "company.swapped"
        trust.note(action, by=work.actor, as_of=restore.made_at.isoformat())


@step(_("Taking away what is beside"))
def take_away(work: Work) -> None:
    restore = _restore(work)
    if restore.state != RestoreState.GONE:
        _take_away(restore)


RESTORE = register(Kind(name="restore", label=_("Restore beside"), steps=(fill_beside, compare, shape), undo=undo_fill))
SWAP = register(
    Kind(name="swap", label=_("Swap"), steps=(shape_again, exchange_tables, exchange_files, tell_everybody))
)
DISCARD = register(Kind(name="discard", label=_("Throw a copy away"), steps=(take_away,)))
__all__ = ["DISCARD", "RESTORE", "SWAP", "TEST"]
