"""A restored copy takes the place of a company, at one moment, without closing its doors.

The company keeps the name of its schema and its role; the two schemas exchange names. Whoever works there is waited
for: every table of both is locked for the blink that it takes, so that no transaction sees one half here and the other
there. A statement that waits for such a lock looks the name up again afterwards, and a plan that the server kept is
made anew, as both hang on the name.

What may only be added to, the audit, is not turned back: what came since is carried over.
"""

import time
from datetime import timedelta

import psycopg
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from tenants.fleet.models import Schema
from tenants.fleet.pool import append_only_tables, grant
from tenants.fleet.restoring.models import Restore, RestoreState
from tenants.fleet.streams.connections import named
from tenants.kernel.errors import Conflict

TRIES, PAUSE_SECONDS = 40, 1.0
PATIENCE = """
    SELECT set_config('lock_timeout', ms, true), set_config('statement_timeout', ms, true)
    FROM (SELECT (extract(epoch FROM current_setting('deadlock_timeout')::interval) * 800)::int::text AS ms) AS part
"""
"""Where each waits for the other, the server ends whoever has waited for `deadlock_timeout`. Locks that are not had in
a part of that, all together, are given back: so whoever works in the company waits, and is never the one ended."""
NEXT = {RestoreState.BESIDE: RestoreState.SWAPPED, RestoreState.SWAPPED: RestoreState.BESIDE}
NAMES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"
COLUMNS = """
    SELECT a.attname FROM pg_attribute a WHERE a.attrelid = to_regclass(%s)
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum
"""


class _Busy(Exception):
    """The locks were not had in time."""


def swap(restore: Restore, live: str, *, was: str) -> None:
    """In one transaction; at once without a word where it is done already. Raises Conflict where locks are not had."""
    for _attempt in range(TRIES):
        try:
            with transaction.atomic():
                _swap(restore, live, was)
            return
        except _Busy:
            pass
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                raise
        time.sleep(PAUSE_SECONDS)
    raise Conflict(_("Somebody works in this company all the time. Try again later, or suspend it for a minute."))


def _swap(restore: Restore, live: str, was: str) -> None:
    row = Restore.objects.select_for_update().get(pk=restore.pk)
    if row.state != was:
        return
    beside = row.schema_name
    here, there = _tables(live), _tables(beside)
    _lock({live: here, beside: there})
    _carry_over(live, beside, sorted(append_only_tables() & set(here) & set(there)))
    _exchange_names(live, beside)
    _take_rights(live, there, role=beside)
    _take_rights(beside, here, role=live)
    grant(live, there)
    grant(beside, here)
    _exchange_ledger(live, beside)
    row.state = NEXT[RestoreState(was)]
    row.swapped_at = timezone.now()
    row.expires_at = row.swapped_at + timedelta(days=settings.RESTORE_KEPT_DAYS)
    row.save(update_fields=["state", "swapped_at", "expires_at", "updated_at"])


def _tables(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [schema])
        return [row[0] for row in cursor.fetchall()]


def _lock(schemas: dict[str, list[str]]) -> None:
    """Owners who may not change what is append-only may not lock it either; `grant` takes that back afterwards."""
    kept = append_only_tables()
    every = [named(schema, table) for schema, tables in schemas.items() for table in tables]
    closed = [named(schema, table) for schema, tables in schemas.items() for table in tables if table in kept]
    with connection.cursor() as cursor:
        for table in closed:
            cursor.execute(sql.SQL("GRANT UPDATE ON {} TO CURRENT_USER").format(table))
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = cursor.fetchone()
        cursor.execute(PATIENCE)
        try:
            cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(every)))
        except OperationalError as error:  # elsewhere a time limit is no sign of somebody at work
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                raise _Busy from error
            raise
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", before)


def _listed(schema: str, tables: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(named(schema, table) for table in tables)


def _carry_over(live: str, beside: str, tables: list[str]) -> None:
    """Lines of the audit that the copy does not know."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(COLUMNS, [f"{beside}.{table}"])
            columns = sql.SQL(", ").join(sql.Identifier(row[0]) for row in cursor.fetchall())
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {there} ({columns}) SELECT {columns} FROM {here} l"
                    " WHERE NOT EXISTS (SELECT FROM {there} b WHERE b.id = l.id) ON CONFLICT DO NOTHING"
                ).format(there=named(beside, table), here=named(live, table), columns=columns)
            )


def _exchange_names(one: str, other: str) -> None:
    aside = f"{one}_aside"
    with connection.cursor() as cursor:
        for before, after in ((one, aside), (other, one), (aside, other)):
            cursor.execute(
                sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(before), sql.Identifier(after))
            )


def _take_rights(schema: str, tables: list[str], *, role: str) -> None:
    """Roles stay where they are: sessions that have taken one on go on. So the rights move."""
    who = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(sql.Identifier(schema), who))
        cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(_listed(schema, tables), who))


def _exchange_ledger(one: str, other: str) -> None:
    first, second = Schema.objects.get(name=one), Schema.objects.get(name=other)
    for field in ("fingerprint", "applied"):
        mine, theirs = getattr(first, field), getattr(second, field)
        setattr(first, field, theirs)
        setattr(second, field, mine)
    for row in (first, second):
        row.save(update_fields=["fingerprint", "applied", "updated_at"])
