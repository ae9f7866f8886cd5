"""The template: a schema built by the real migrations, read back as statements.

Where there is a template of an earlier release, only the migrations since then are run.

Replaying those is twenty times faster than migrating. They come out of the
catalogue in an order that any schema can follow: tables, constraints, indexes.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from tenants.fleet.migrating import Key, bring_to_head, fingerprint_of, head, key_of, plan
from tenants.fleet.models import Schema, Template
from tenants.fleet.sending import send
from tenants.kernel import context
from tenants.kernel.context import Place

# The template's own name is replaced in the statements; it is ours and occurs nowhere else.
TEMPLATE_SCHEMA = "t_templatetemplatetemp"
MARK = "{schema}"

TABLES = """
    SELECT 'CREATE TABLE ' || c.oid::regclass || ' (' || string_agg(
        quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
        || coalesce(' COLLATE ' || nullif(co.collname, 'default'), '')
        || coalesce(CASE a.attgenerated
           WHEN 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
           ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END, '')
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY a.attnum) || ')', c.relname
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation co ON co.oid = a.attcollation
    WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r' GROUP BY c.oid, c.relname ORDER BY c.relname
"""
CONSTRAINTS = """
    SELECT 'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname)
        || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = %s::regnamespace AND contype IN ('p', 'u', 'c', 'x', 'f')
    ORDER BY array_position('{p,u,c,x,f}'::text[], contype::text), conname
"""
INDEXES = """
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = %s::regnamespace
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname
"""


def current_template() -> Template:
    """The template of the code that is running; built when there is none yet."""
    return Template.objects.filter(fingerprint=head()).first() or build_template()


def build_template() -> Template:
    """Migrate a scratch schema, read it, drop it. One process at a time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('fleet.template'))")
        if found := Template.objects.filter(fingerprint=head()).first():
            return found
        _recreate()
        schema = Schema(name=TEMPLATE_SCHEMA)
        schema.applied = replay_nearest(TEMPLATE_SCHEMA, map(key_of, plan()))
        bring_to_head(schema)
        statements, tables = read_statements()
        schema.delete()
        _drop()
        return Template.objects.create(fingerprint=head(), statements=statements, tables=tables, applied=schema.applied)


def replay_nearest(name: str, wanted: Iterable[Key]) -> list[Key]:
    """Begin an empty schema with the template that has most of the migrations wanted and no other; which it has.

    Only one whose migrations read today as they did then counts.
    """
    known, nearest = set(wanted), None
    done: list[Key] = []
    for row in Template.objects.order_by("created_at").values("pk", "fingerprint", "applied"):
        keys = [(app, migration) for app, migration in row["applied"]]
        if set(keys) <= known and len(keys) >= len(done) and row["fingerprint"] == fingerprint_of(keys):
            nearest, done = row["pk"], keys
    if nearest:
        statements = Template.objects.get(pk=nearest).statements
        with context.inside(Place(schema=name)):
            send(statement.replace(MARK, name) for statement in statements)
    return done


def read_statements() -> tuple[list[str], list[str]]:
    """What makes the template's tables, and their names; the schema's name stands as a mark."""
    with context.inside(Place(schema=TEMPLATE_SCHEMA)), connection.cursor() as cursor:
        cursor.execute(TABLES, [TEMPLATE_SCHEMA])
        rows = cursor.fetchall()
        statements = [row[0] for row in rows]
        for query in (CONSTRAINTS, INDEXES):
            cursor.execute(query, [TEMPLATE_SCHEMA])
            statements += [row[0] for row in cursor.fetchall()]
    return [text.replace(f"{TEMPLATE_SCHEMA}.", f"{MARK}.") for text in statements], [row[1] for row in rows]


def _recreate() -> None:
    _drop()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {TEMPLATE_SCHEMA}")


def _drop() -> None:
    Schema.objects.filter(name=TEMPLATE_SCHEMA).delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {TEMPLATE_SCHEMA} CASCADE")
