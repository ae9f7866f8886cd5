"""The shape of the tables in a package: that of this code, of code that ran here before, or of older code still."""

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_lazy as _

from tenants.fleet import template as making
from tenants.fleet.copies.packing import PackageManifest
from tenants.fleet.migrating import Key, _apply, fingerprint, head, plan
from tenants.fleet.models import Schema, Template
from tenants.fleet.streams.manifest import Unfit


class Newer(Unfit):
    """Rows of a shape that this code does not know yet."""

    code = "package_newer"
    title = _("This package was made by a newer version of the program")


def shape_of(manifest: PackageManifest) -> Template:
    """Raises Newer, Unfit."""
    if manifest.fingerprint == head():
        return making.current_template()
    found = Template.objects.filter(fingerprint=manifest.fingerprint).first()
    return found or _older(manifest.applied)


def _older(applied: list[list[str]]) -> Template:
    """The first migrations of ours, as many as the package had."""
    wanted = {(str(app), str(name)) for app, name in applied}
    migrations = plan()
    if wanted - {(one.app_label, one.name) for one in migrations}:
        raise Newer(fix=_("Update this installation, then bring the package in again."))
    done = [one for one in migrations if (one.app_label, one.name) in wanted]
    # By what we compute, not by what a file says: templates are what later companies are made from.
    return Template.objects.filter(fingerprint=fingerprint(done)).first() or _built(
        [(m.app_label, m.name) for m in done]
    )


@transaction.atomic
def _built(keys: list[Key]) -> Template:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fleet.template'))")
    making._recreate()
    schema = Schema(name=making.TEMPLATE_SCHEMA)
    migrations = [one for one in plan() if (one.app_label, one.name) in keys]
    state = MigrationLoader(None).project_state([], at_end=True)
    for migration in migrations:
        state = _apply(schema, migration, state)
    statements, tables = making.read_statements()
    schema.delete()
    making._drop()
    return Template.objects.create(
        fingerprint=fingerprint(migrations), statements=statements, tables=tables, applied=schema.applied
    )
