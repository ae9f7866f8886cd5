"""The past in SQL: a `WITH` that stands before a statement and gives its tables the rows of then.

    WITH since_crm_contact AS (…the first value of each field after the moment…),
         crm_contact AS (SELECT … FROM crm_contact … UNION ALL …rebuilt rows…)
    SELECT … FROM crm_contact …

A name in `WITH` hides the table of that name, so whatever Django asks (filters through relations, orders,
pages, counts) is answered as of then, in the one statement. Rows without a change since are today's rows, by
today's indexes; only the changed ones are rebuilt.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q

from tenants.kernel.actors import Actor
from tenants.records.models import Change
from tenants.records.past.glance import Glance, looking, seen_name
from tenants.records.past.targets import (
    CREATED,
    LINK,
    NEW,
    OWN_LINK,
    OWN_MOMENT,
    PLAIN,
    Target,
    targets_of,
    worked_out,
)
from tenants.records.registry import RecordType
from tenants.records.sight import sight

BLANKS = """('null'::jsonb, '""', '[]', '{}', 'false')"""
"""What leaves no trace in `custom`."""


@dataclass
class Sql:
    """A piece of a statement with its parameters."""

    text: str
    params: list[Any] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which lines of history: after a moment; perhaps of one record or a few."""

    at: datetime
    ids: Sequence[UUID] | None = None


def quoted(name: Any) -> str:
    return connection.ops.quote_name(str(name))


def table_of(record_type: RecordType) -> str:
    return quoted(record_type.model._meta.db_table)


# Lines of history, one row for each field of each line


def lines(record_type: RecordType, span: Span, targets: Iterable[Target], more: Sql | None = None) -> Sql:
    """Record, field, where its value stands, the value before, in which order. `more` are columns of the line `c`."""
    known = [one for target in targets for one in (target.name, target.place, target.form)]
    places = ", ".join(["(%s::text, %s::text, %s::text)"] * (len(known) // 3))
    ids = [list(span.ids)] if span.ids is not None else []
    more = more or Sql("")
    text = f"""
        SELECT c.record_id, c.id AS line_id, c.created_at AS told_at, m.name, m.place, m.form, e.value->0 AS raw,
          CASE WHEN m.form IN ('{LINK}', '{OWN_LINK}')
                 THEN CASE jsonb_typeof(e.value->0) WHEN 'object' THEN e.value->0->'id' END
               WHEN m.form = '{OWN_MOMENT}'
                 THEN to_jsonb(to_char((e.value->>0)::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
               ELSE e.value->0 END AS value {more.text}
        FROM {quoted(Change._meta.db_table)} c
        CROSS JOIN LATERAL jsonb_each(CASE c.action
            WHEN 'created' THEN '{{"{CREATED}": [null]}}'::jsonb || c.changes
            WHEN 'deleted' THEN '{{"deleted_at": [null]}}'::jsonb || c.changes
            WHEN 'restored' THEN jsonb_build_object('deleted_at', jsonb_build_array(c.created_at)) || c.changes
            ELSE c.changes END) e
        JOIN (VALUES {places}) m (name, place, form) ON m.name = e.key
        WHERE c.record_type = %s AND c.created_at > %s AND jsonb_typeof(e.value) = 'array'
          {"AND c.record_id = ANY(%s)" if ids else ""}
    """  # noqa: S608 - names of our tables and constants
    return Sql(text, [*more.params, *known, record_type.name, span.at, *ids])


def gathered(more: str = "", fits: str = "true") -> str:
    """What is selected of the first values of a record's fields, in one row: columns, keys of `custom`, whether it
    was made since, and `more`. Only values that meet `fits` are taken.
    """
    columns = f"{fits} AND form IN ('{PLAIN}', '{LINK}')"
    own = f"{fits} AND form LIKE 'own%%'"
    return f"""
        record_id,
        bool_or({fits} AND form = '{NEW}') AS is_new,
        coalesce(jsonb_object_agg(place, value) FILTER (WHERE {columns}), '{{}}') AS columns,
        coalesce(array_agg(place) FILTER (WHERE {own}), '{{}}') AS gone,
        coalesce(jsonb_object_agg(place, value)
                 FILTER (WHERE {own} AND value IS NOT NULL AND value NOT IN {BLANKS}), '{{}}') AS own
        {more}
    """


def since(record_type: RecordType, span: Span) -> Sql:
    """What the fields of each changed record held at the moment."""
    found = lines(record_type, span, targets_of(record_type))
    first = f"SELECT DISTINCT ON (record_id, name) * FROM ({found.text}) l ORDER BY record_id, name, told_at, line_id"  # noqa: S608 - our own text
    return Sql(f"SELECT {gathered()} FROM ({first}) f GROUP BY record_id", found.params)  # noqa: S608 - our own text


def custom_then(row: str = "t", since_row: str = "s") -> str:
    return f'({row}."custom" - {since_row}.gone) || {since_row}.own'


# Tables as of then


def past_of(types: Sequence[RecordType], walls: Sequence[RecordType], found: Glance) -> Sql:
    """The `WITH` for a statement that names the tables of these types, and the ids seen of those."""
    parts = [seen(one, found) for one in walls]
    for one in types:
        parts += _table_then(one, found)
    return Sql("WITH " + ", ".join(part.text for part in parts), [p for part in parts for p in part.params])


def _table_then(record_type: RecordType, found: Glance) -> list[Sql]:
    span = Span(at=found.at, ids=[found.only[1]] if found.only else None)
    name, then = (quoted(f"{word}_{record_type.model._meta.db_table}") for word in ("since", "then"))
    changed = since(record_type, span)
    rebuilt, table = _rebuilt(record_type, name, found.at), table_of(record_type)
    columns = ", ".join(quoted(one.column) for one in record_type.model._meta.concrete_fields)
    # Stages and pipelines are planted without a line of history; what points at them must find them.
    there = Sql("true") if record_type.is_common else Sql('u."created_at" <= %s', [found.at])
    text = f"""{table} AS NOT MATERIALIZED (
        SELECT {columns} FROM (
          SELECT {columns}, true AS is_same FROM {table}
          UNION ALL
          SELECT {columns}, false AS is_same FROM {then}
        ) u WHERE NOT u.is_same OR ({there.text} AND NOT u."id" IN (SELECT record_id FROM {name}))
    )"""  # noqa: S608 - names of our tables and columns
    return [
        Sql(f"{name} AS MATERIALIZED ({changed.text})", changed.params),
        Sql(f"{then} AS MATERIALIZED ({rebuilt.text})", rebuilt.params),
        Sql(text, there.params),
    ]


def _rebuilt(record_type: RecordType, name: str, at: datetime) -> Sql:
    """Whole rows of then, for the records that were there and have changed since."""
    computed = {one.column: one.generated_sql(connection) for one in worked_out(record_type.model)}
    params: list[Any] = []
    columns = []
    for one in record_type.model._meta.concrete_fields:
        if one.column in computed:
            sql, more = computed[one.column]
            params += more
            columns.append(f"({sql}) AS {quoted(one.column)}")
        else:
            columns.append(quoted(one.column))
    change = quoted(Change._meta.db_table)
    text = f"""
        SELECT {", ".join(columns)} FROM (
          SELECT r.* FROM {name} s JOIN {table_of(record_type)} t ON t."id" = s.record_id
          CROSS JOIN LATERAL jsonb_populate_record(t, s.columns || jsonb_build_object(
            'custom', {custom_then()},
            'updated_at', coalesce((SELECT max(b.created_at) FROM {change} b WHERE b.record_type = %s
              AND b.record_id = t."id" AND b.created_at <= %s), t."created_at"))) r
          WHERE NOT s.is_new
        ) q
    """  # noqa: S608 - names of our tables and columns
    return Sql(text, [*params, record_type.name, at])


# Walls


def seen(record_type: RecordType, found: Glance) -> Sql:
    """The ids the actor may see today; of what lies in the bin today, those they may take out."""
    rows = seen_ids(record_type, found.actor)
    return Sql(f"{quoted(seen_name(record_type.name))} (id) AS ({rows.text})", rows.params)


def seen_ids(record_type: RecordType, actor: Actor) -> Sql:
    with looking(None):
        view, delete = sight(actor, record_type), sight(actor, record_type, "delete")
        there = Q(deleted_at=None) & (view or Q())
        binned = Q(deleted_at__isnull=False) & (delete if delete is not None else Q())
        return ids_of(record_type, there | binned)


def ids_of(record_type: RecordType, condition: Q) -> Sql:
    """The ids of today's rows that meet a condition, as a statement."""
    with looking(None):
        rows = record_type.model._default_manager.filter(condition).order_by().values("pk")
        try:
            text, params = rows.query.sql_with_params()
        except EmptyResultSet:
            return Sql('SELECT NULL::uuid AS "id" WHERE false')
    return Sql(text, list(params))
