"""A company's schema as it is at one moment, read in constant memory while everybody goes on writing.

    with snapshot_of(company.schema_name) as snapshot:
        for table in snapshot.tables:
            tally = Tally()
            for chunk in tally.through(snapshot.chunks(table)):
                ...

It reads as the company's own role, so that it cannot read another's, in a transaction and on a connection of its own.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from psycopg import sql

from tenants.fleet.streams.connections import Connection, named, own_connection, speak_plainly
from tenants.fleet.streams.tables import Table, sequences_of, tables_of
from tenants.kernel.errors import Conflict, NotFound

CHUNK = 256 * 1024
TRIES = 5
LEDGER = "SELECT statement_timestamp(), fingerprint, applied::text FROM public.fleet_schema WHERE name = %s"
NAMES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
Chunks = Iterator[bytes]


@dataclass(frozen=True)
class Snapshot:
    schema: str
    own: Connection
    moment: datetime
    """All that was committed before it is seen."""
    fingerprint: str
    applied: list[list[str]]
    """What the ledger says of the schema, at the same moment."""
    tables: list[Table]
    """In load order."""

    def sequences(self) -> dict[str, int]:
        return sequences_of(self.own, self.schema)

    def chunks(self, table: Table) -> Chunks:
        """Its rows in the order of the key, as COPY writes them, whole rows in chunks of about 256 KB."""
        rows: list[bytes] = []
        size = 0
        with self.own.cursor() as cursor, cursor.copy(table.copy_out(self.schema)) as copy:
            for row in copy:
                rows.append(bytes(row))
                size += len(row)
                if size >= CHUNK:
                    yield b"".join(rows)
                    rows, size = [], 0
        if rows:
            yield b"".join(rows)

    def ticket(self) -> str:
        """For `snapshot_of(…, ticket=…)` on other connections, while this one is open."""
        row = self.own.execute("SELECT pg_export_snapshot()").fetchone()
        assert row
        return str(row[0])


@contextmanager
def snapshot_of(schema: str, *, ticket: str = "") -> Iterator[Snapshot]:
    """With a ticket: the same moment as the snapshot it is from. Raises NotFound, Conflict.

    Its tables keep their shape as long as it is open: migrations of the company wait, writers do not.
    """
    with own_connection() as own:
        for _attempt in range(TRIES):
            with own.transaction():
                found = _taken(own, schema, ticket)
                if found:
                    yield found
                    return
    raise Conflict(_("The tables of this company are being changed. Try again in a minute."))


def _taken(own: Connection, schema: str, ticket: str) -> Snapshot | None:
    """None where tables came or went between the look at them and the lock on them."""
    own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    if ticket:
        own.execute(f"SET TRANSACTION SNAPSHOT '{_checked(ticket)}'".encode())
    # Locking takes no snapshot yet: the first question does.
    names = _table_names(schema)
    if names:
        listed = sql.SQL(", ").join(named(schema, name) for name in names)
        own.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(listed))
    row = own.execute(LEDGER, [schema]).fetchone()
    if not row:
        raise NotFound("No such schema")
    # The role of a schema has its name. Nothing but that schema can be seen from here.
    speak_plainly(own, role=schema, search_path=schema)
    tables = tables_of(own, schema)
    if {table.name for table in tables} != set(names):
        return None
    moment, fingerprint, applied = row
    return Snapshot(schema, own, moment, fingerprint, json.loads(applied), tables)


def _table_names(schema: str) -> list[str]:
    with own_connection() as other:
        rows = other.execute(NAMES, [schema]).fetchall()
    return [row[0] for row in rows]


def _checked(ticket: str) -> str:
    """The server takes no parameter here."""
    if not ticket.replace("-", "").isalnum():
        raise ValueError("not a snapshot's ticket")
    return ticket
