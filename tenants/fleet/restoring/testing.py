"""The proof that backups are good for something: one of them is restored every night, compared, and taken away.

When that fails somebody has to know: the operation says failed, the audit has a line, the log an error, and the
control panel's health page turns red.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Company
from tenants.fleet.backups.models import Backup, BackupState
from tenants.fleet.models import Operation
from tenants.fleet.operations.actions import begin
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.pool import drop_schema
from tenants.fleet.restoring.filling import differences_from, fill
from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import Manifest
from tenants.kernel import trust
from tenants.kernel.actors import Actor
from tenants.kernel.ids import schema_name
from tenants.kernel.logs import logger
from tenants.kernel.storage import drop_folder

KIND = "restore_test"
log = logger(__name__)


def begin_test(*, by: Actor, backup: Backup | None = None) -> Operation | None:
    """Of this backup, or of the newest of a company chosen by chance; None where there is none."""
    backup = backup or _by_chance()
    if not backup:
        return None
    about = str(backup.company_id)
    return begin(TEST, by=by, backup=str(backup.pk), schema=schema_name(), of=about, name=backup.subject)


def _by_chance() -> Backup | None:
    kept = Backup.objects.filter(state=BackupState.KEPT, company_id__in=Company.objects.values("pk"))
    chosen = kept.order_by("company_id").distinct("company_id").values("company_id")
    company = Company.objects.filter(pk__in=chosen).order_by("?").first()
    return kept.filter(company_id=company.pk).order_by("-made_at").first() if company else None


def tests() -> QuerySet[Operation]:
    """Newest first."""
    return Operation.objects.filter(kind=KIND)


def last_test() -> Operation | None:
    return tests().exclude(ended_at=None).first()


@step(_("Restoring into a schema that nobody sees"))
def fill_scratch(work: Work) -> None:
    backup = Backup.objects.get(pk=work.arguments["backup"])
    manifest = fill(work.arguments["schema"], backup, work.tell, work.check)
    work.keep(manifest=manifest.without_files().to_json())


@step(_("Comparing checksums"))
def compare_scratch(work: Work) -> None:
    manifest = Manifest.from_json(work.kept["manifest"])
    if found := differences_from(manifest, work.arguments["schema"]):
        for line in found[:20]:
            work.say(line)
        raise Altered
    work.keep(manifest="")
    work.give(company=work.arguments["name"], rows=manifest.rows, exact=True)


@step(_("Taking it away"))
def drop_scratch(work: Work) -> None:
    _drop(work)


def _drop(work: Work) -> None:
    drop_folder(work.arguments["schema"])
    drop_schema(work.arguments["schema"])


def undo(work: Work) -> None:
    _drop(work)
    if not work.operation.stop_asked_at:
        _alarm(work)


def _alarm(work: Work) -> None:
    about = {"backup": work.arguments["backup"], "company": work.arguments["of"]}
    log.error("tested restore failed: this backup would not have helped", **about)
    trust.note("backup.restore_test_failed", by=work.actor, subject=f"company:{about['company']}", **about)


TEST = register(
    Kind(name=KIND, label=_("Tested restore"), steps=(fill_scratch, compare_scratch, drop_scratch), undo=undo)
)
