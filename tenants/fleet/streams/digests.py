"""Checksums of a live schema, to compare: with a manifest, with a copy, with itself a moment later."""

from dataclasses import dataclass

from tenants.fleet.models import Schema
from tenants.fleet.streams.manifest import Manifest, TableEntry
from tenants.fleet.streams.snapshots import Snapshot, snapshot_of
from tenants.fleet.streams.tables import Table
from tenants.fleet.streams.tally import Tally


@dataclass(frozen=True, kw_only=True)
class Digest:
    """All that says whether two schemas hold the same: shape, rows of each table, sequences."""

    fingerprint: str
    tables: dict[str, TableEntry]
    sequences: dict[str, int]

    def differences(self, other: "Digest") -> list[str]:
        """In words for the log and for whoever has to look into it; nothing when both are the same."""
        found = []
        if self.fingerprint != other.fingerprint:
            found.append(f"shape: {self.fingerprint[:12]} and {other.fingerprint[:12]}")
        for name in sorted(self.tables.keys() | other.tables.keys()):
            mine, theirs = self.tables.get(name), other.tables.get(name)
            if mine != theirs:
                found.append(f"{name}: {_told(mine)} and {_told(theirs)}")
        if self.sequences != other.sequences:
            found.append(f"sequences: {self.sequences} and {other.sequences}")
        return found


def _told(entry: TableEntry | None) -> str:
    return f"{entry.rows} rows {entry.sha256[:12]}" if entry else "no such table"


def digest_of(schema: str) -> Digest:
    """Of one moment, in constant memory, in the time that reading all of it takes."""
    fingerprint = Schema.objects.values_list("fingerprint", flat=True).get(name=schema)
    with snapshot_of(schema) as snapshot:
        tables = [entry_of(snapshot, table) for table in snapshot.tables()]
        return Digest(fingerprint=fingerprint, tables=_by_name(tables), sequences=snapshot.sequences())


def entry_of(snapshot: Snapshot, table: Table) -> TableEntry:
    tally = Tally()
    for _chunk in tally.through(snapshot.chunks(table)):
        pass
    return noted(table, tally)


def noted(table: Table, tally: Tally) -> TableEntry:
    """The line of a manifest, once the table's stream is over."""
    return TableEntry(
        name=table.name, columns=list(table.columns), rows=tally.rows, size=tally.size, sha256=tally.sha256
    )


def digest_in(manifest: Manifest) -> Digest:
    return Digest(
        fingerprint=manifest.fingerprint, tables=_by_name(manifest.tables), sequences=dict(manifest.sequences)
    )


def _by_name(tables: list[TableEntry]) -> dict[str, TableEntry]:
    return {table.name: table for table in tables}
