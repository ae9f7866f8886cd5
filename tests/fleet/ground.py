"""What lies about on the server, in the ledger and in the directory: compared before and after a crash."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from time import sleep

from django.db import connection

from tenants.directory.models import Company, Domain
from tenants.fleet.models import Schema
from tenants.fleet.reconciling import STRAY_ROLES, Findings, reconcile
from tenants.kernel.ids import SCHEMA_PATTERN
from tests.plugin import names_in_base

HERE = """(EXISTS (SELECT FROM pg_namespace WHERE nspname = rolname)
           OR EXISTS (SELECT FROM fleet_schema WHERE name = rolname))"""
GRACE = timedelta(seconds=3)
"""Shorter than in life, longer than another test beside us needs between a role and its schema."""


@dataclass(frozen=True)
class Ground:
    schemas: frozenset[str]
    roles: frozenset[str]
    rows: frozenset[tuple[str, str]]
    companies: frozenset[str]
    hosts: frozenset[str]

    def without_ready(self) -> "Ground":
        """But for the pool: what it holds may have been used or filled."""
        ready = {name for name, state in self.rows if state == "ready"}
        rows = frozenset(row for row in self.rows if row[0] not in ready)
        return Ground(self.schemas - ready, self.roles - ready, rows, self.companies, self.hosts)

    @property
    def disorder(self) -> set[str]:
        """Names that are not everywhere they belong, or in no state to stay in. Roles: those of our schemas only."""
        settled = {name for name, state in self.rows if state in ("ready", "claimed")}
        claimed = {name for name, state in self.rows if state == "claimed"}
        return (
            (self.schemas ^ settled)
            | {name for name, state in self.rows if state not in ("ready", "claimed")}
            | (claimed ^ self.companies)
            | (self.schemas - self.roles - _shared())
        )


_known: set[str] = set()
"""Names that our database has had. Roles are the whole server's, and beside us others are killed, too: what the
reconciler adopts of those is no concern of ours.
"""


def look() -> Ground:
    schemas = frozenset(_names("SELECT nspname FROM pg_namespace WHERE nspname ~ %s", SCHEMA_PATTERN))
    rows = frozenset(Schema.objects.values_list("name", "state"))
    _known.update(schemas, (name for name, state in rows if state != "dropping"))
    rows = frozenset(row for row in rows if row[0] in _known)
    return Ground(
        schemas,
        frozenset(_roles()),
        rows,
        frozenset(Company.objects.values_list("schema_name", flat=True)),
        frozenset(Domain.objects.values_list("host", flat=True)),
    )


def _roles() -> set[str]:
    """Of our schemas, and those that nothing is granted to any more."""
    here = _names(f"SELECT rolname FROM pg_roles WHERE rolname ~ %s AND {HERE}", SCHEMA_PATTERN)
    return (_known & {*here, *_names(STRAY_ROLES, SCHEMA_PATTERN)}) - _shared()


@cache
def _shared() -> set[str]:
    return names_in_base()


def _names(query: str, *values: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


def settle() -> Findings:
    """What beat does, until nothing is left to do: strays take two runs with the grace between."""
    look()
    found = reconcile(grace=GRACE)
    sleep(GRACE.total_seconds() + 0.2)
    later = reconcile(grace=GRACE)
    return Findings([*found.dropped, *later.dropped], [*found.adopted, *later.adopted], later.left)
