"""What the server knows of a schema's shape, as lines that are equal wherever schemas are.

(kind, name, text): tables, columns, constraints, indexes, rights, and whatever else somebody may have made by hand.
The schema's own name, its role and the owner's are taken out of the text; so are casts between texts and brackets,
which the server writes in other places when it reads its own words back. The order of columns does not count, nor
do the names of NOT NULL constraints. Indexes of a company's own fields are its own affair.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from tenants.fleet import pool
from tenants.fleet.models import Template
from tenants.kernel.db.constraints import OWN_INDEX

Line = tuple[str, str, str]
SCHEMAS_AT_ONCE = 50
PLAIN = r"::(text|character varying)(\[\])?|[()]"
OBJECTS = """
    WITH s AS MATERIALIZED (SELECT oid, nspname, nspacl, nspowner FROM pg_namespace WHERE nspname = ANY(%(names)s)),
    t AS MATERIALIZED (
        SELECT c.*, s.nspname FROM pg_class c JOIN s ON s.oid = c.relnamespace WHERE c.relkind <> 't'),
    own AS (
        SELECT nspname, 'rights' AS kind, relname AS name, relowner AS owner,
            coalesce(relacl, acldefault('r', relowner)) AS acl FROM t WHERE relkind = 'r'
      UNION ALL
        SELECT nspname, 'schema', 'rights', nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM s),
    given AS (
        SELECT own.nspname, own.kind, own.name, CASE WHEN a.grantee = 0 THEN 'everybody'
            WHEN a.grantee = own.owner THEN 'owner' ELSE pg_get_userbyid(a.grantee)::text END AS who,
            string_agg(a.privilege_type, ',' ORDER BY a.privilege_type) AS rights
        FROM own, aclexplode(own.acl) a GROUP BY 1, 2, 3, 4),
    found AS (
        SELECT nspname, kind, name, string_agg(replace(who, nspname, 'company') || ' ' || rights, '; '
            ORDER BY replace(who, nspname, 'company')) AS text FROM given GROUP BY 1, 2, 3
      UNION ALL
        SELECT nspname, 'table', relname, concat_ws(' ', relpersistence, reloptions::text,
            CASE WHEN relrowsecurity THEN 'row security' END, CASE WHEN relforcerowsecurity THEN 'forced' END)
        FROM t WHERE relkind = 'r'
      UNION ALL
        SELECT t.nspname, 'column', t.relname || '.' || a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attnotnull THEN 'not null' END, CASE WHEN a.attidentity <> '' THEN 'identity' END,
            CASE WHEN a.attgenerated <> '' THEN 'generated' END, 'default ' || pg_get_expr(d.adbin, d.adrelid),
            'collate ' || nullif(co.collname, 'default'))
        FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation co ON co.oid = a.attcollation WHERE t.relkind = 'r'
      UNION ALL
        SELECT t.nspname, 'constraint', t.relname || '.' || k.conname, concat_ws(' ', pg_get_constraintdef(k.oid),
            CASE WHEN NOT k.convalidated THEN 'not validated' END)
        FROM t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('p', 'u', 'c', 'x', 'f')
      UNION ALL
        SELECT t.nspname, 'index', t.relname, concat_ws(' ', pg_get_indexdef(i.indexrelid),
            CASE WHEN NOT i.indisvalid THEN 'not valid' END)
        FROM t JOIN pg_index i ON i.indexrelid = t.oid WHERE t.relkind = 'i' AND NOT starts_with(t.relname, %(own)s)
          AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = t.oid AND k.contype IN ('p', 'u', 'x'))
      UNION ALL
        SELECT t.nspname, 'trigger', t.relname || '.' || g.tgname, pg_get_triggerdef(g.oid)
        FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
      UNION ALL
        SELECT t.nspname, 'policy', t.relname || '.' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive::text,
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM t JOIN pg_policy p ON p.polrelid = t.oid
      UNION ALL
        SELECT nspname, 'other', relname, relkind::text FROM t WHERE relkind NOT IN ('r', 'i')
      UNION ALL
        SELECT s.nspname, 'function', f.proname, md5(f.prosrc) FROM pg_proc f JOIN s ON s.oid = f.pronamespace),
    plain AS (
        SELECT nspname, kind, name,
            regexp_replace(replace(coalesce(text, ''), nspname, ''), %(plain)s, '', 'g') AS text FROM found)
"""
DIGESTS = """
    SELECT nspname, md5(string_agg(kind || ' ' || name || ' ' || text, E'\\n' ORDER BY kind, name, text))
    FROM plain GROUP BY nspname
"""
LINES = "SELECT kind, name, text FROM plain ORDER BY kind, name, text"


def digests(names: Sequence[str]) -> dict[str, str]:
    """A fingerprint of each schema's catalogue; those that are not there are not in the answer."""
    return dict(_asked(DIGESTS, names))


def lines(name: str) -> list[Line]:
    return [(kind, what, text) for kind, what, text in _asked(LINES, [name])]


def _asked(question: str, names: Sequence[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', false)")  # so that all names come with their schema
        try:
            cursor.execute(f"{OBJECTS} {question}", {"names": list(names), "own": OWN_INDEX, "plain": PLAIN})
            return list(cursor.fetchall())
        finally:
            connection.search_path_set_schemas = None  # type: ignore[attr-defined]


def expected(template: Template) -> tuple[str, list[Line]]:
    """What a schema made from the template looks like to this server; asked once, then kept with the template."""
    kept: dict[str, Any] = template.catalogue
    if kept.get("server") != _server_version():
        kept = {"server": _server_version(), **_looked_at(template)}
        template.catalogue = kept
        template.save(update_fields=["catalogue", "updated_at"])
    return kept["digest"], [(kind, name, text) for kind, name, text in kept["lines"]]


def _looked_at(template: Template) -> dict[str, Any]:
    """By making one, in a transaction that is taken back."""
    with transaction.atomic():
        made = pool.make_schema(template)
        found = {"digest": digests([made.name])[made.name], "lines": lines(made.name)}
        transaction.set_rollback(True)
    return found


def _server_version() -> int:
    with connection.cursor() as cursor:
        return int(cursor.connection.info.server_version)
