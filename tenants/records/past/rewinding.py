"""What it takes to bring records back to a moment, worked out by the database from history.

Each record that has changed since is of one kind: `back` (out of the bin), `change`, `remove` (into the bin:
it was not there then), `left` (somebody else has changed it since, so it stays), or nothing is to be done.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet

from tenants.kernel.actors import Actor
from tenants.records.models import Change
from tenants.records.order import all_in_order
from tenants.records.past.statements import Span, Sql, custom_then, gathered, ids_of, lines, quoted, table_of
from tenants.records.past.targets import APART, NEW, targets_of
from tenants.records.registry import RecordType
from tenants.records.sight import sight

BACK, CHANGE, REMOVE, LEFT, SAME = "back", "change", "remove", "left", "same"
KINDS = (BACK, CHANGE, REMOVE, LEFT)
SAMPLES = 5


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to take back: all that happened since a moment, or only what one person or one job did."""

    at: datetime
    types: tuple[str, ...] = ()
    """Names of record types; none means all."""
    user_id: UUID | None = None
    job_id: UUID | None = None
    besides: UUID | None = None
    """A job whose lines are not looked at: the one at work."""

    @property
    def is_narrow(self) -> bool:
        return bool(self.user_id or self.job_id)

    def lines(self) -> "QuerySet[Change]":
        """The lines of history that are to be taken back."""
        rows = Change.objects.filter(created_at__gt=self.at)
        rows = rows.filter(record_type__in=self.types) if self.types else rows
        rows = rows.filter(user_id=self.user_id) if self.user_id else rows
        rows = rows.filter(job_id=self.job_id) if self.job_id else rows
        return rows.exclude(job_id=self.besides) if self.besides else rows

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(), "types": list(self.types),
            "user_id": str(self.user_id or ""), "job_id": str(self.job_id or ""),
        }  # fmt: skip

    @classmethod
    def of(cls, params: dict[str, Any], *, besides: UUID | None = None) -> "Wish":
        return cls(
            at=datetime.fromisoformat(params["at"]), types=tuple(params["types"]), besides=besides,
            user_id=UUID(params["user_id"]) if params["user_id"] else None,
            job_id=UUID(params["job_id"]) if params["job_id"] else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Touched:
    """A record that has changed since, and what it takes to bring it back."""

    id: UUID
    title: str
    kind: str
    before: dict[str, Any] = field(default_factory=dict)
    """Values of then by field, as history keeps them."""
    left: Sequence[str] = ()
    """Fields that stay: somebody else has changed them since, or history does not know what they held."""
    who: Sequence[str] = ()
    """Who has changed it since."""


def touched(record_type: RecordType, wish: Wish, ids: Sequence[UUID], by: Actor, kinds: Sequence[str]) -> list[Touched]:
    """Of these records, those of the kinds that the actor may bring back."""
    found = _states(record_type, wish, by, ids)
    return _read(Sql(f"{found.text} WHERE kind = ANY(%s) ORDER BY id", [*found.params, list(kinds)]))


def sampled(record_type: RecordType, wish: Wish, by: Actor) -> tuple[dict[str, int], list[Touched]]:
    """How many records of each kind, and the newest few of each. One query."""
    found = _states(record_type, wish, by, None)
    text = f"""
        SELECT id, title, kind, before, left_names, who, n FROM (
          SELECT *, count(*) OVER (PARTITION BY kind) AS n, row_number() OVER (PARTITION BY kind ORDER BY id DESC) AS i
          FROM ({found.text}) x WHERE kind = ANY(%s)
        ) y WHERE i <= {SAMPLES} ORDER BY kind, i
    """  # noqa: S608 - our own text
    with connection.cursor() as cursor:
        cursor.execute(text, [*found.params, list(KINDS)])
        rows = cursor.fetchall()
    return {row[2]: row[6] for row in rows}, [Touched(*_plain(row[:6])) for row in rows]


def _read(found: Sql) -> list[Touched]:
    with connection.cursor() as cursor:
        cursor.execute(found.text, found.params)
        return [Touched(*_plain(row)) for row in cursor.fetchall()]


def _plain(row: Any) -> list[Any]:
    """JSON comes as text from a bare cursor."""
    return [json.loads(one) if i == 3 and isinstance(one, str) else one for i, one in enumerate(row)]


def _states(record_type: RecordType, wish: Wish, by: Actor, ids: Sequence[UUID] | None) -> Sql:
    """One row for each record with a change to take back: its kind, its values of then, what is left."""
    told = lines(record_type, Span(at=wish.at, ids=ids), targets_of(record_type, apart=True), _columns(wish))
    table = table_of(record_type)
    title = quoted(record_type.model._meta.get_field(record_type.model.title_field).column)  # type: ignore[union-attr]
    walls = [_wall(record_type, by, verb) for verb in ("edit", "delete")]
    text = f"""
        WITH told AS MATERIALIZED ({told.text}),
        mine AS (SELECT *, fits AND is_first AND fits_last AND form <> '{APART}' AS goes FROM (
          SELECT *,
            row_number() OVER (PARTITION BY record_id, name, fits ORDER BY told_at, line_id) = 1 AS is_first,
            last_value(fits) OVER (PARTITION BY record_id, name ORDER BY told_at, line_id
              ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS fits_last
          FROM told WHERE counts) m),
        since AS MATERIALIZED (SELECT {gathered(_MORE, "goes")} FROM mine GROUP BY record_id HAVING bool_or(fits)),
        states AS (
          SELECT t."id" AS id, t.{title}::text AS title, s.before, s.left_names, s.who,
            CASE WHEN s.is_new THEN CASE WHEN t."deleted_at" IS NOT NULL THEN '{SAME}'
                                         WHEN s.others THEN '{LEFT}' ELSE '{REMOVE}' END
                 WHEN {_BINNED_THEN} THEN CASE WHEN t."deleted_at" IS NULL THEN '{REMOVE}' ELSE '{SAME}' END
                 WHEN t."deleted_at" IS NOT NULL THEN CASE WHEN s.columns ? 'deleted_at' THEN '{BACK}' ELSE '{SAME}' END
                 WHEN r IS DISTINCT FROM t THEN '{CHANGE}'
                 WHEN cardinality(s.left_names) > 0 THEN '{LEFT}' ELSE '{SAME}' END AS kind
          FROM since s JOIN {table} t ON t."id" = s.record_id
          CROSS JOIN LATERAL jsonb_populate_record(t, (s.columns - 'deleted_at')
            || jsonb_build_object('custom', {custom_then()})) r
        )
        SELECT id, title, kind, before, left_names, who FROM (
          SELECT * FROM states WHERE (kind IN ('{CHANGE}', '{LEFT}') AND {walls[0].text})
            OR (kind IN ('{BACK}', '{REMOVE}') AND {walls[1].text})
        ) z
    """  # noqa: S608 - names of our tables and columns
    return Sql(text, [*told.params, *walls[0].params, *walls[1].params])


_MORE = f""",
        coalesce(jsonb_object_agg(name, raw) FILTER (WHERE goes AND form <> '{NEW}' AND name <> 'deleted_at'), '{{}}')
          AS before,
        coalesce(array_agg(name ORDER BY name) FILTER (
          WHERE fits AND is_first AND NOT goes AND form <> '{NEW}' AND name <> 'deleted_at'), '{{}}') AS left_names,
        array_agg(DISTINCT actor_name) FILTER (WHERE fits) AS who,
        bool_or(NOT fits) AS others
"""
_BINNED_THEN = """(CASE WHEN s.columns ? 'deleted_at' THEN s.columns->>'deleted_at' IS NOT NULL
                             ELSE t."deleted_at" IS NOT NULL END)"""


def _columns(wish: Wish) -> Sql:
    """Of each line whose it is: whether it is one to take back, and whether it is looked at, at all."""
    asked = {"c.user_id": wish.user_id, "c.job_id": wish.job_id}
    fits = " AND ".join(f"{column} = %s" for column, value in asked.items() if value) or "true"
    counts = "c.job_id IS DISTINCT FROM %s" if wish.besides else "true"
    params = [value for value in (*asked.values(), wish.besides) if value]
    return Sql(f", c.actor_name, coalesce({fits}, false) AS fits, {counts} AS counts", params)


def _wall(record_type: RecordType, by: Actor, verb: str) -> Sql:
    """What the actor may `verb` today; of the bin, what they may delete."""
    seen = sight(by, record_type, verb)
    if seen is None:
        return Sql("true")
    found = ids_of(record_type, seen)
    return Sql(f"id IN ({found.text})", found.params)


def types_touched(wish: Wish) -> dict[str, dict[str, int]]:
    """By record type, who has changed how many of its records since. One query."""
    rows = wish.lines().order_by().values_list("record_type", "actor_name")
    found: dict[str, dict[str, int]] = {}
    for name, who, count in rows.annotate(n=Count("record_id", distinct=True)):
        found.setdefault(name, {})[who] = count
    return found


def ids_after(record_type: RecordType, wish: Wish, after: str, size: int) -> list[UUID]:
    """The next records with a change to take back, by id."""
    rows = wish.lines().filter(record_type=record_type.name).order_by("record_id")
    rows = rows.filter(record_id__gt=after) if after else rows
    return list(rows.values_list("record_id", flat=True).distinct()[:size])


def rewinds(record_type: RecordType) -> bool:
    """Whether a rewind may touch records of the type: issued documents and what happened stay."""
    return record_type.comes_in


def may_rewind(by: Actor, record_type: RecordType) -> bool:
    return rewinds(record_type) and by.may("edit", record_type.name) and by.may("delete", record_type.name)


def types_of(wish: Wish, by: Actor) -> list[RecordType]:
    """The types of a wish that the actor may bring back, as far as they are known."""
    names = set(wish.types)
    return [one for one in all_in_order() if may_rewind(by, one) and (not names or one.name in names)]
