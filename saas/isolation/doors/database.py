"""Statements that name the other company's schema, sent as this company's database role (T15, T17).

Each is one that could stand in an injection; the server itself has to refuse it.
"""

import psycopg
from django.db import DatabaseError, connection

from saas.isolation.scene import Scene
from saas.isolation.tally import LET_IN, Tally
from saas.isolation.undone import undone
from tenants.fleet.template import current_template
from tenants.kernel import context
from tenants.kernel.db.cursors import Ours

READS = (
    ("T15", 'SELECT count(*) FROM "{schema}"."{table}"'),
    ("T15", "SELECT set_config('search_path', '{schema}', false); SELECT count(*) FROM \"{table}\" AS theirs"),
    ("T15", 'COPY "{schema}"."{table}" TO STDOUT'),
)
WRITES = (
    ("T15", 'DELETE FROM "{schema}"."{table}"'),
    ("T15", 'UPDATE "{schema}"."{table}" SET id = id'),
    ("T15", 'INSERT INTO "{schema}"."{table}" SELECT * FROM "{schema}"."{table}" LIMIT 0'),
    ("T15", 'TRUNCATE "{schema}"."{table}"'),
    ("T15", 'CREATE TABLE "{schema}".isolation_proof (id int)'),
    ("T17", "CREATE TABLE public.isolation_proof (id int)"),
    ("T17", "CREATE FUNCTION public.isolation_proof(text) RETURNS text AS $$ SELECT $1 $$ LANGUAGE sql"),
    ("T17", "CREATE SCHEMA isolation_proof"),
    ("T17", "CREATE ROLE isolation_proof"),
    ("T15", "SELECT count(*) FROM public.directory_company"),
    ("T15", "SELECT count(*) FROM public.identity_user"),
    ("T15", "SELECT pg_read_file('PG_VERSION')"),
)
ESCAPES = ("RESET ROLE", "SET ROLE {schema}", "SELECT set_config('role', '{schema}', false)")
TABLE = "identity_user"


def attack(scene: Scene, tally: Tally) -> None:
    tables = [str(table) for table in current_template().tables]
    for table in tables:
        _send(scene, tally, *READS[0], table)
    for hazard, statement in (*READS[1:], *WRITES):
        _send(scene, tally, hazard, statement, TABLE)
    _look_out(scene, tally)
    with context.inside(scene.victim.place), undone(), connection.cursor() as cursor:
        cursor.execute(READS[0][1].format(schema=scene.victim.place.schema, table=TABLE))
        tally.proved()


def _send(scene: Scene, tally: Tally, hazard: str, statement: str, table: str) -> None:
    tally.tried(hazard)
    # As one of ours, or the program would refuse what the server is to refuse.
    if _is_taken(scene, Ours(statement.format(schema=scene.victim.place.schema, table=table))):
        tally.found("a statement with their schema", hazard, LET_IN, statement.format(schema="…", table=table))


def _is_taken(scene: Scene, *statements: str) -> bool:
    """Whether the server does it, as the attacker's role. Rows that a path leads to nowhere are not the victim's."""
    try:
        with context.inside(scene.attacker.place), undone(), connection.cursor() as cursor:
            for statement in statements:
                if statement.startswith("COPY"):
                    with cursor.copy(statement) as rows:
                        list(rows)
                else:
                    cursor.execute(statement)
    except (DatabaseError, psycopg.Error):
        return False
    return True


def _look_out(scene: Scene, tally: Tally) -> None:
    """T16: whether a statement wholly written by an attacker puts off the role. Here the program is the wall."""
    wanted = f'SELECT count(*) FROM "{scene.victim.place.schema}"."{TABLE}"'  # noqa: S608 - names of ours
    is_open = any(_is_taken(scene, one.format(schema=scene.victim.place.schema), wanted) for one in ESCAPES)
    tally.known["T16"] = "open" if is_open else "closed"
