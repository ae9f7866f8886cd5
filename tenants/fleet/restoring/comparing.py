"""What a swap would change, table by table: counted by the server where both schemas lie."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from tenants.fleet.streams.connections import named, own_connection
from tenants.fleet.streams.tables import Table, tables_of

SAMPLES = 5
COUNT = """
    SELECT count(*) FILTER (WHERE l.id IS NULL), count(*) FILTER (WHERE b.id IS NULL),
        count(*) FILTER (WHERE l.id = b.id AND ({changed}))
    FROM {live} l FULL JOIN {beside} b ON l.id = b.id
"""
KINDS = {
    "added": "l.id IS NULL",
    "removed": "b.id IS NULL",
    "changed": "l.id = b.id AND ({changed})",
}
SAMPLE = (
    "SELECT coalesce(l.id, b.id) FROM {live} l FULL JOIN {beside} b ON l.id = b.id WHERE {which} ORDER BY 1 LIMIT %s"
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`added`: rows that only the copy has; `removed`: rows that only the company has."""

    table: str
    added: int
    removed: int
    changed: int

    @property
    def is_any(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def differences(live: str, beside: str, tables: list[str] | None = None) -> list[Difference]:
    """Of these tables, or of all that both have; those that are the same are left out. In public."""
    found = [_counted(live, beside, table) for table in _common(live, beside) if not tables or table.name in tables]
    return [one for one in found if one.is_any]


def missing_tables(live: str, beside: str) -> list[str]:
    """What the copy has and the company lost."""
    with own_connection() as own:
        here = {table.name for table in tables_of(own, live)}
        return sorted({table.name for table in tables_of(own, beside)} - here)


def _common(live: str, beside: str) -> list[Table]:
    """With the columns that both have. Tables without an `id` hold links, not things of their own."""
    with own_connection() as own:
        here = {table.name: table for table in tables_of(own, live)}
        there = tables_of(own, beside)
    return [
        Table(table.name, tuple(one for one in table.columns if one in here[table.name].columns), table.key)
        for table in there
        if table.name in here and table.key == ("id",) == here[table.name].key
    ]


def _counted(live: str, beside: str, table: Table) -> Difference:
    with connection.cursor() as cursor:
        cursor.execute(_filled(COUNT, live, beside, table))
        added, removed, changed = cursor.fetchone()
    return Difference(table=table.name, added=added, removed=removed, changed=changed)


def samples(live: str, beside: str, table: str, kind: str, *, most: int = SAMPLES) -> list[UUID]:
    """The first ids that are added, removed or changed."""
    found = next((one for one in _common(live, beside) if one.name == table), None)
    if not found:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_filled(SAMPLE.replace("{which}", KINDS[kind]), live, beside, found), [most])
        return [row[0] for row in cursor.fetchall()]


def _filled(text: str, live: str, beside: str, table: Table) -> sql.Composed:
    values: dict[str, Any] = {"live": named(live, table.name), "beside": named(beside, table.name)}
    pairs = [sql.SQL("l.{0} IS DISTINCT FROM b.{0}").format(sql.Identifier(one)) for one in table.columns]
    return sql.SQL(text).format(changed=sql.SQL(" OR ").join(pairs), **values)
