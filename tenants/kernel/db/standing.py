"""Whether the server keeps the walls up, and what stands before it: looked at once by each process."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tenants.kernel.db.walls import CLOSE_TEMPORARY, TEMPORARY, open_doors
from tenants.kernel.logs import logger

HOW = (
    "Have a superuser run what `manage.py walls sql` prints, in this database (infra/docs/running.md, “Real servers”)."
)
log = logger(__name__)
_databases: set[str] = set()


def check(connection: Any) -> None:
    """Production does without a database rather than without walls, unless it was told to (OMNIFLOW_DB_WALLS=open).

    Elsewhere it is only said. Raises ImproperlyConfigured.
    """
    name = connection.info.dbname
    if name in _databases:
        return
    _check_pooler(connection)
    found = open_doors(connection)
    if TEMPORARY in found:
        found = _close_temporary(connection)
    if connection.info.transaction_status:  # begun by looking, where the connection does not commit by itself
        connection.commit()
    if found and settings.IS_PRODUCTION and settings.DB_WALLS != "open":
        connection.close()
        raise ImproperlyConfigured(f"The database {name} leaves open to everybody: {', '.join(found)}. {HOW}")
    if found:
        log.warning("the database leaves open what companies should not have", database=name, open=found, fix=HOW)
    _databases.add(name)


def _close_temporary(connection: Any) -> Sequence[str]:
    """What is open then. Where another process does the same this moment, one of us is told off: that is well."""
    try:
        with connection.transaction():
            connection.execute(CLOSE_TEMPORARY)
    except psycopg.Error as error:
        log.warning("temporary tables stay open", error=str(error))
    return open_doors(connection)


def _check_pooler(connection: Any) -> None:
    """A pooler between us and the server must be known: one that gives each transaction another connection would
    mix companies up if role and path were set for the session. Raises ImproperlyConfigured.

    It is seen by the process number, which a pooler makes up. PgBouncer carries `search_path` along on PostgreSQL 18
    if told so, the role never: whichever the versions, role and path are then set within each transaction.
    """
    is_pooled = connection.info.backend_pid != connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    if connection.info.transaction_status:
        connection.rollback()
    if not is_pooled or settings.DB_POOLER == "transaction":
        return
    if settings.DB_POOLER != "session":
        _refuse(connection, "A pooler stands before the database. Say which mode it has: OMNIFLOW_DB_POOLER=transaction"
                " or session.")  # fmt: skip
    if _is_shared(connection):
        _refuse(connection, "OMNIFLOW_DB_POOLER says session, but the pooler hands a connection on after each"
                " transaction. Set OMNIFLOW_DB_POOLER=transaction, or pool_mode=session there.")  # fmt: skip


def _is_shared(connection: Any) -> bool:
    """What one client left in a session, another finds: proof of transaction pooling. A busy pool may hide it."""
    mark = uuid4().hex
    with psycopg.connect(connection.info.dsn, password=connection.info.password, autocommit=True) as one:
        one.execute(f"SET omniflow.probe = '{mark}'")
        with psycopg.connect(connection.info.dsn, password=connection.info.password, autocommit=True) as other:
            found = other.execute("SELECT current_setting('omniflow.probe', true)").fetchone()
        one.execute("RESET omniflow.probe")
    return bool(found and found[0] == mark)


def _refuse(connection: Any, words: str) -> None:
    connection.close()
    raise ImproperlyConfigured(words)
