"""A backup into a schema beside: rows, files, checksums, and the shape of the running code."""

from collections.abc import Callable

from django.db import transaction

from tenants.fleet.backups.archive import Comparison, FilePart, Start, TablePart
from tenants.fleet.backups.making import parts_in
from tenants.fleet.backups.models import Backup
from tenants.fleet.models import Template
from tenants.fleet.streams.connections import own_connection
from tenants.fleet.streams.digests import digest_in, digest_of
from tenants.fleet.streams.files import write_file
from tenants.fleet.streams.loading import Altered, finish, load, make_empty, template_of
from tenants.fleet.streams.manifest import Manifest
from tenants.kernel.storage import drop_folder

Progress = Callable[[int, int], None]


def fill(name: str, backup: Backup, tell: Progress, check: Callable[[], None] = lambda: None) -> Manifest:
    """Everything into a schema of this name; what was begun there before is gone first.

    Raises StoreFailed, Unfit, Altered.
    """
    drop_folder(name)
    compared, template, rows = Comparison(), None, 0
    with own_connection() as own:
        for part in parts_in(backup):
            if isinstance(part, Start):
                template = _template(part)
                make_empty(name, template)
            elif isinstance(part, TablePart):
                tally = load(own, name, part.entry, part.chunks)
                compared.table(part, tally)
                rows += tally.rows
                tell(rows, backup.rows)
                check()
            elif isinstance(part, FilePart):
                compared.file(write_file(name, part.path, part.chunks))
            else:
                compared.check(part)
                assert template
                finish(name, template)
                return part
    raise Altered


def _template(start: Start) -> Template:
    """Known here, or, in an installation set up anew, learnt from the backup: our own key has sealed it."""
    with transaction.atomic():
        Template.objects.get_or_create(
            fingerprint=start.manifest.fingerprint, defaults={"applied": start.manifest.applied, **start.template}
        )
    return template_of(start.manifest)


def differences_from(manifest: Manifest, name: str) -> list[str]:
    """What the schema holds against what the backup says it holds; nothing when it is exact."""
    return digest_in(manifest).differences(digest_of(name))
