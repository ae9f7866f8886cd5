"""Ready schemas: made ahead from the template, handed out by one row update."""

from collections.abc import Container
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg import sql
from psycopg.errors import DependentObjectsStillExist

from tenants.directory.models import Company
from tenants.fleet.dropping import drop_tables
from tenants.fleet.migrating import head
from tenants.fleet.models import Schema, SchemaState, Template
from tenants.fleet.operations.queries import names_in_operations
from tenants.fleet.sending import send
from tenants.fleet.template import MARK, current_template
from tenants.kernel.db.constraints import is_append_only
from tenants.kernel.ids import schema_name
from tenants.kernel.logs import logger

log = logger(__name__)
# Far beyond what making one takes: whatever is older was interrupted.
BUILDING_TAKES = timedelta(minutes=15)

REPLAYS_AT_ONCE = 4
"""Replaying is work for the processor, and each holds a thousand locks until its commit: more would not be quicker."""

CLAIM = """
    UPDATE fleet_schema SET state = 'claimed', updated_at = now() WHERE id = (
        SELECT id FROM fleet_schema WHERE state = 'ready' AND fingerprint = %s
        ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, name, state, fingerprint, created_at, updated_at
"""


def claim_schema() -> Schema:
    """A schema of the running code's shape, nobody else's: from the pool, or made now."""
    for schema in Schema.objects.raw(CLAIM, [head()]):
        return schema
    return _become(make_schema(current_template()), SchemaState.CLAIMED)


def _become(schema: Schema, state: SchemaState) -> Schema:
    """Finished. Raises Lost when it took so long that it was given up and taken away meanwhile."""
    building = Schema.objects.filter(pk=schema.pk, state=SchemaState.BUILDING)
    if not building.update(state=state, updated_at=timezone.now()):
        raise Lost(schema.name)
    schema.state = state
    return schema


class Lost(Exception):
    """A schema was given up while it was being made."""


def fill_pool() -> int:
    """Make ready schemas until the pool is full; how many were made.

    Counts anew before each, those under way elsewhere too: two fillers share the work. Code that a
    newer deploy has replaced makes none: they would be pruned at once.
    """
    template = current_template()
    made = 0
    while deployed() == template.fingerprint and _count(template) < settings.READY_POOL_SIZE:
        _become(make_schema(template), SchemaState.READY)
        made += 1
    return made


def _count(template: Template) -> int:
    return ready_count(template) + _count_under_way(template)


def _count_under_way(template: Template) -> int:
    recent = Schema.objects.filter(updated_at__gt=timezone.now() - BUILDING_TAKES)
    return recent.filter(state=SchemaState.BUILDING, fingerprint=template.fingerprint).count()


def ready_count(template: Template) -> int:
    return Schema.objects.filter(state=SchemaState.READY, fingerprint=template.fingerprint).count()


def deployed() -> str:
    """The fingerprint that was deployed last; while a deploy goes on, processes of two codes run."""
    return Template.objects.order_by("-updated_at").values_list("fingerprint", flat=True).first() or ""


def make_schema(template: Template) -> Schema:
    """A new schema with its own role, by replaying the template.

    The role comes in a transaction of its own, before the schema: some servers
    spread over machines cannot do both in one.
    """
    schema = Schema.objects.create(name=schema_name(), fingerprint=template.fingerprint, applied=template.applied)
    make_role(schema.name)
    with transaction.atomic():
        _wait_for_a_turn()
        send([f"CREATE SCHEMA {schema.name}", *(s.replace(MARK, schema.name) for s in _qualified(template))])
        grant(schema.name, template.tables)
    # The server remembers its tables as of one that was worked in: the connection is closed after so many.
    connection.touched.add(schema.name)  # type: ignore[attr-defined]
    return schema


def _wait_for_a_turn() -> None:
    """Until the end of the transaction; twice in one transaction it is the same turn."""
    with connection.cursor() as cursor:
        turns = "hashtext('fleet.replay'), pg_backend_pid() %% %s"
        cursor.execute(f"SELECT pg_advisory_xact_lock({turns})", [REPLAYS_AT_ONCE])


def _qualified(template: Template) -> list[str]:
    """The statements run with the new schema first in the path, as they were read."""
    return [f"SET LOCAL search_path TO {MARK}", *template.statements, "SET LOCAL search_path TO public"]


def make_role(name: str) -> None:
    """A role that cannot sign in; the application takes it on while it works for the company."""
    role = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(role))
        cursor.execute(_membership(cursor.connection.info.server_version).format(role))


def _membership(server_version: int) -> sql.SQL:
    """From PostgreSQL 16 on, membership can allow SET ROLE without inheriting the rights."""
    if server_version >= 160000:
        return sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
    return sql.SQL("GRANT {} TO CURRENT_USER")


def grant(name: str, tables: list[str]) -> None:
    """Rows of these tables, no more. A written list: ON ALL TABLES reads the whole catalogue.

    What is append-only nobody may change, the owner of the tables included.
    """
    schema = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, schema))
        for statement in grants(name, tables, append_only_tables()):
            cursor.execute(statement)


def grants(name: str, tables: list[str], kept: Container[str]) -> list[sql.Composed]:
    """The statements that give a schema's role its rights on tables of it; of those kept nobody changes a row."""
    open_ones = [one for one in tables if one not in kept]
    kept_ones = [one for one in tables if one in kept]
    rights = (
        ("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}", open_ones),
        ("GRANT SELECT, INSERT ON {} TO {}", kept_ones),
        ("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM CURRENT_USER", kept_ones),
    )
    return [
        sql.SQL(statement).format(
            sql.SQL(", ").join(sql.Identifier(name, table) for table in chosen), sql.Identifier(name)
        )
        for statement, chosen in rights
        if chosen
    ]


def renew_rights(name: str, tables: list[str]) -> None:
    """Take all rights on these tables from whoever has them by hand, and give the role what it should have."""
    with connection.cursor() as cursor:
        for table in tables:
            taken = sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}")
            cursor.execute(taken.format(sql.Identifier(name, table), sql.Identifier(name)))
    grant(name, tables)


def append_only_tables() -> set[str]:
    """Those whose rows a company may add and read, never change."""
    return {model._meta.db_table for model in apps.get_models() if is_append_only(model)}


def drop_schema(name: str) -> None:
    """Take a schema that nobody has away, with its role; its tables in groups (T48).

    Its row goes last: it tells what is left to do.
    """
    for _left in drop_tables(name):
        continue
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))
    _drop_role(name)
    Schema.objects.filter(name=name).delete()


def _drop_role(name: str) -> None:
    """Roles belong to the whole server: one that a copy of this database still uses stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))
    except DatabaseError as error:
        if not isinstance(error.__cause__, DependentObjectsStillExist):
            raise
        log.warning("role kept: another database on this server uses it", role=name)


def prune() -> int:
    """On deploy: the running code is the one that counts. What was ready for any other goes; how many."""
    Template.objects.filter(fingerprint=head()).update(updated_at=timezone.now())
    return prune_stale()


def prune_stale() -> int:
    """Drop ready schemas that neither this code nor the one deployed last can use; how many."""
    stale = Schema.objects.filter(state=SchemaState.READY).exclude(fingerprint__in=[head(), deployed()])
    broken = Schema.objects.filter(state=SchemaState.BUILDING, updated_at__lt=timezone.now() - BUILDING_TAKES)
    names = [*retire(stale), *retire(broken)]
    for name in names:
        drop_schema(name)
    return len(names)


@transaction.atomic
def retire(rows: QuerySet[Schema]) -> list[str]:
    """Take schemas from whoever would claim them next; their names, to be dropped.

    Left alone: those that are being claimed at this moment, those that a company has, and those that an
    operation under way has made for itself.
    """
    taken = Company.objects.values("schema_name")
    free = rows.exclude(name__in=taken).exclude(name__in=names_in_operations())
    found = dict(free.select_for_update(skip_locked=True).values_list("pk", "name"))
    Schema.objects.filter(pk__in=list(found)).update(state=SchemaState.DROPPING, updated_at=timezone.now())
    return list(found.values())
