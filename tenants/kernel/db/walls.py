"""What PostgreSQL allows everybody by default and our companies' roles must not have.

Whoever can write SQL in a company's place (an injection) works under that company's role; the connection itself
belongs to the login role, which may take on any company's. So no function may be left that changes the role
within a statement, ends other sessions, holds locks beyond the transaction, or runs a text as SQL. These rights
are the superuser's to take away, once in each database; `saas.embedded` does it for its own servers,
`manage.py walls sql` prints it for others. At the first connection of a process we look whether it was done.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

FUNCTIONS = (
    # The role, the path and every limit could be changed from within a SELECT.
    "set_config",
    # Other sessions of the same login.
    "pg_cancel_backend", "pg_terminate_backend",
    # Locks that outlive the transaction, on numbers that everybody shares.
    "pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock", "pg_try_advisory_lock_shared",
    "pg_advisory_unlock", "pg_advisory_unlock_shared", "pg_advisory_unlock_all",
    # Words to whoever listens on the same database, and into the log of changes.
    "pg_notify", "pg_logical_emit_message",
    # Texts run as SQL: no reading of our own needs them, and no look at a statement would find what is in them.
    "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "cursor_to_xml", "cursor_to_xmlschema",
    "table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema",
    "schema_to_xml_and_xmlschema", "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema",
    "ts_stat", "ts_rewrite",
    # Large objects lie outside of every schema.
    "lo_creat", "lo_create", "lo_from_bytea", "lo_open", "lo_put", "lo_get",
    # A connection held for nothing.
    "pg_sleep", "pg_sleep_for", "pg_sleep_until",
    # What other companies' requests left prepared on the connection.
    "pg_prepared_statement",
)  # fmt: skip
VIEWS = (("pg_settings", "UPDATE"), ("pg_prepared_statements", "SELECT"))
SUPERUSER, TEMPORARY = "superuser", "temporary tables"
CLOSE_TEMPORARY = """
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$
"""
"""The one part that is the database owner's to do, and that no copy of a database takes along."""

REVOKE = """
DO $walls$
DECLARE one record;
BEGIN
    FOR one IN SELECT oid::regprocedure AS name FROM pg_proc
               WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ({functions}) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one.name);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', one.name, {login});
    END LOOP;
    FOR one IN SELECT lanname AS name FROM pg_language WHERE lanpltrusted LOOP
        EXECUTE format('REVOKE USAGE ON LANGUAGE %I FROM PUBLIC', one.name);
        EXECUTE format('GRANT USAGE ON LANGUAGE %I TO %I', one.name, {login});
    END LOOP;
END
$walls$
"""

OPEN = """
SELECT 'function ' || oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ({functions})
      AND has_function_privilege('public', oid, 'EXECUTE')
UNION ALL SELECT 'language ' || lanname FROM pg_language
    WHERE lanpltrusted AND has_language_privilege('public', oid, 'USAGE')
UNION ALL SELECT verb || ' on ' || view FROM (VALUES {views}) AS asked (view, verb)
    WHERE has_table_privilege('public', 'pg_catalog.' || view, verb)
UNION ALL SELECT 'temporary tables'
    WHERE has_database_privilege('public', current_database(), 'TEMPORARY')
UNION ALL SELECT 'tables in public'
    WHERE has_schema_privilege('public', 'public', 'CREATE')
UNION ALL SELECT 'superuser' FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolbypassrls OR rolreplication)
ORDER BY 1
"""
"""What is open to everybody in this database, in words; nothing when the walls stand."""

_functions = sql.Literal(list(FUNCTIONS))


def statements(login: str) -> list[sql.Composable]:
    """For a superuser, in the database itself; may be run again. `login` keeps what is taken from everybody."""
    revoke = sql.SQL(REVOKE).format(functions=_functions, login=sql.Literal(login))
    views = [
        sql.SQL(words).format(verb=sql.SQL(verb), view=sql.Identifier("pg_catalog", view), login=sql.Identifier(login))
        for view, verb in VIEWS
        for words in ("REVOKE {verb} ON {view} FROM PUBLIC", "GRANT {verb} ON {view} TO {login}")
    ]
    return [revoke, *views, sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"), sql.SQL(CLOSE_TEMPORARY)]


def raise_walls(connection: Any, login: str) -> None:
    """As a superuser, over a psycopg connection in autocommit; costs one query where they stand already."""
    if any(one != SUPERUSER for one in open_doors(connection)):
        for statement in statements(login):
            connection.execute(statement)


def open_doors(connection: Any) -> Sequence[str]:
    """In the words of `OPEN`, over a psycopg connection or any cursor."""
    views = sql.SQL(", ").join(sql.SQL("({}, {})").format(view, verb) for view, verb in VIEWS)
    asked = sql.SQL(OPEN).format(functions=_functions, views=views)
    found = connection.execute(asked) or connection  # a cursor of Django's answers None
    return [row[0] for row in found.fetchall()]
