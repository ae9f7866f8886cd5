"""A company's schema as it is at one moment, read in constant memory while everybody goes on writing.

    with snapshot_of(company.schema_name) as snapshot:
        for table in snapshot.tables():
            tally = Tally()
            for chunk in tally.through(snapshot.chunks(table)):
                ...

It reads as the company's own role, so that it cannot read another's, in a transaction and on a connection of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tenants.fleet.streams.connections import Connection, own_connection, speak_plainly
from tenants.fleet.streams.tables import Table, sequences_of, tables_of

CHUNK = 256 * 1024
Chunks = Iterator[bytes]


@dataclass(frozen=True)
class Snapshot:
    schema: str
    own: Connection

    def tables(self) -> list[Table]:
        """In load order."""
        return tables_of(self.own, self.schema)

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
    """With a ticket: the same moment as the snapshot it is from."""
    with own_connection() as own, own.transaction():
        own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if ticket:
            own.execute(f"SET TRANSACTION SNAPSHOT '{_checked(ticket)}'".encode())
        # The role of a schema has its name. Nothing but that schema can be seen from here.
        speak_plainly(own, role=schema, search_path=schema)
        yield Snapshot(schema, own)


def _checked(ticket: str) -> str:
    """The server takes no parameter here."""
    if not ticket.replace("-", "").isalnum():
        raise ValueError("not a snapshot's ticket")
    return ticket
