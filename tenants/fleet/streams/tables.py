"""The tables of a schema as streams see them: what is written of each, by what it is ordered, which comes first."""

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from psycopg import sql

from tenants.fleet.streams.connections import Connection, named

TABLES = """
    SELECT c.relname, c.reltuples::bigint,
        array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''),
        (SELECT array_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum)) FROM pg_attribute k
         WHERE k.attrelid = c.oid AND k.attnum = ANY(i.indkey::int2[])),
        (SELECT array_agg(k.attname) FROM pg_attribute k
         WHERE k.attrelid = c.oid AND k.attnum = ANY(i.indkey::int2[]) AND k.attcollation <> 0)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
    GROUP BY c.oid, c.relname, c.reltuples, i.indkey ORDER BY c.relname
"""
LINKS = """
    SELECT c.relname, o.relname FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
    WHERE k.connamespace = %s::regnamespace AND k.contype = 'f' AND k.conrelid <> k.confrelid
"""
SEQUENCES = "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = %s ORDER BY sequencename"


@dataclass(frozen=True)
class Table:
    """`columns` are those that are written: what the server computes is left to it."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    texts: frozenset[str] = frozenset()
    """Parts of the key that are ordered by letters, which servers do differently."""
    rows_guessed: int = 0

    def copy_out(self, schema: str) -> sql.Composed:
        order = [
            sql.SQL('{} COLLATE "C"' if one in self.texts else "{}").format(sql.Identifier(one))
            for one in self.key or self.columns
        ]
        return sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
            self._columns(), named(schema, self.name), sql.SQL(", ").join(order)
        )

    def copy_in(self, schema: str) -> sql.Composed:
        return sql.SQL("COPY {} ({}) FROM STDIN").format(named(schema, self.name), self._columns())

    def _columns(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self.columns))


def tables_of(own: Connection, schema: str) -> list[Table]:
    """In an order in which they can be filled: what others point at comes first."""
    rows = own.execute(TABLES, [schema]).fetchall()
    found = {
        name: Table(name, tuple(columns), tuple(key or ()), frozenset(texts or ()), max(guess, 0))
        for name, guess, columns, key, texts in rows
    }
    links = own.execute(LINKS, [schema]).fetchall()
    return [found[name] for name in _ordered(found, links)]


def _ordered(names: Iterable[str], links: list[tuple[str, str]]) -> list[str]:
    """By name where tables point at each other in a ring: constraints come after the rows anyway."""
    before: dict[str, set[str]] = {name: set() for name in names}
    for name, other in links:
        before[name].add(other)
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return sorted(before)


def sequences_of(own: Connection, schema: str) -> dict[str, int]:
    """None, by our own rule. Looked at all the same: a number that starts anew would be given out twice."""
    return dict(own.execute(SEQUENCES, [schema]).fetchall())
