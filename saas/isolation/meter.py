"""What the server itself counts of a company's tables within the running transaction.

A page that reads another company's rows and does not show them has leaked nothing yet, and is caught all the same.
"""

from dataclasses import dataclass

from django.db import connection

from tenants.fleet.template import current_template
from tenants.kernel import context

RELATIONS = """
    SELECT indexrelid::bigint FROM pg_index WHERE indrelid = ANY(%(tables)s::regclass[]::oid[])
    UNION ALL SELECT one::oid::bigint FROM unnest(%(tables)s::regclass[]) AS one
"""
COUNTS = """
    SELECT coalesce(sum(pg_stat_get_xact_numscans(one)), 0),
           coalesce(sum(pg_stat_get_xact_tuples_inserted(one) + pg_stat_get_xact_tuples_updated(one)
                        + pg_stat_get_xact_tuples_deleted(one)), 0)
    FROM unnest(%s::oid[]) AS one
"""


@dataclass(frozen=True)
class Count:
    reads: int
    writes: int

    def __sub__(self, other: "Count") -> "Count":
        return Count(self.reads - other.reads, self.writes - other.writes)


class Meter:
    """Of one schema. Asked in public."""

    def __init__(self, schema: str) -> None:
        names = [f'"{schema}"."{table}"' for table in current_template().tables]
        with context.public(), connection.cursor() as cursor:
            cursor.execute(RELATIONS, {"tables": names})
            self.relations = [found for (found,) in cursor.fetchall()]

    def count(self) -> Count:
        with context.public(), connection.cursor() as cursor:
            cursor.execute(COUNTS, [self.relations])
            reads, writes = cursor.fetchone()
            return Count(int(reads), int(writes))
