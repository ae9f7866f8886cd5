"""Filling a schema that nobody has yet with the streams of another.

    template = template_of(manifest)
    name = schema_name()                      # kept by whoever is at it, before anything is made
    make_empty(name, template)
    with own_connection() as own:
        load(own, name, entry, chunks)        # for each table
    finish(name, template)                    # constraints, indexes, rights, statistics
    schema = to_head(name)                    # where it came from older code

Killed anywhere it is begun anew with the same name: `make_empty` takes away what is there. Indexes and foreign keys
come after the rows: they are built in one go and checked in one go.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.fleet.migrating import bring_to_head, head
from tenants.fleet.models import Schema, SchemaState, Template
from tenants.fleet.pool import drop_schema, grant, make_role
from tenants.fleet.streams.connections import Connection, named, own_connection, speak_plainly
from tenants.fleet.streams.manifest import Manifest, TableEntry, Unfit
from tenants.fleet.streams.tables import Table
from tenants.fleet.streams.tally import Tally
from tenants.fleet.template import MARK, current_template

SORT_MEMORY = "128MB"


class Altered(Unfit):
    """What came out of the stream is not what the manifest says."""

    code = "archive_altered"
    title = _("What is in this file is not what it says it holds")


def template_of(manifest: Manifest) -> Template:
    """The shape that the streams were read from. Raises Unfit where it was never known here."""
    if manifest.fingerprint == head():
        return current_template()
    found = Template.objects.filter(fingerprint=manifest.fingerprint).first()
    if not found:
        raise Unfit(_("This was made by a version of the program that never ran here."))
    return found


def make_empty(name: str, template: Template) -> Schema:
    """Ledger row, role, schema and bare tables; whatever had the name before is gone."""
    drop_schema(name)
    schema = Schema.objects.create(
        name=name, state=SchemaState.BESIDE, fingerprint=template.fingerprint, applied=template.applied
    )
    make_role(name)
    with own_connection() as own, own.transaction():
        own.execute(f"CREATE SCHEMA {name}".encode())
        _send(own, name, [text for text in template.statements if _makes_table(text)])
    return schema


def finish(name: str, template: Template) -> None:
    """What comes after the rows. All or nothing."""
    with own_connection() as own:
        with own.transaction():
            speak_plainly(own, maintenance_work_mem=SORT_MEMORY)
            _send(own, name, [text for text in template.statements if not _makes_table(text)])
        for table in template.tables:
            own.execute(b"ANALYZE " + named(name, table).as_bytes(own))
    with transaction.atomic():
        grant(name, template.tables)


def _makes_table(statement: str) -> bool:
    return statement.startswith("CREATE TABLE ")


def _send(own: Connection, name: str, statements: list[str]) -> None:
    """One by one, without waiting for each answer, with the schema first in the path, as they were read."""
    with own.pipeline():
        for text in [f"SET LOCAL search_path TO {name}", *(one.replace(MARK, name) for one in statements)]:
            own.execute(text.encode())


def load(own: Connection, name: str, entry: TableEntry, chunks: Iterable[bytes]) -> Tally:
    """One table's rows, in a transaction. Raises Altered when they are not those of the manifest.

    `entry` may come without checksum (rows -1) where the manifest follows the rows; then the caller compares.
    """
    table = Table(entry.name, tuple(entry.columns), ())
    tally = Tally()
    with own.transaction():
        speak_plainly(own)
        with own.cursor() as cursor, cursor.copy(table.copy_in(name)) as copy:
            for chunk in tally.through(chunks):
                copy.write(chunk)
        if entry.rows >= 0 and (tally.rows, tally.sha256) != (entry.rows, entry.sha256):
            raise Altered
    return tally


def to_head(name: str) -> Schema:
    """From the shape it was saved in to that of the running code."""
    schema = Schema.objects.get(name=name)
    if schema.fingerprint != head():
        bring_to_head(schema)
        grant(name, current_template().tables)
    return schema
