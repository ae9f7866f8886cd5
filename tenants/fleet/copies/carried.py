"""The streams of a copy: of each table the rows and columns that its room lets go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db.models import Model
from psycopg import sql

from tenants.fleet.streams.connections import named
from tenants.fleet.streams.snapshots import Snapshot
from tenants.fleet.streams.tables import Table
from tenants.kernel.copies import NOTHING, Copy, terms_of


@dataclass(frozen=True)
class CarriedTable(Table):
    """`holds` are expressions that stand in columns instead; `only` says which rows."""

    holds: Mapping[str, str] = field(default_factory=dict, hash=False)
    only: str = ""

    def copy_out(self, schema: str) -> sql.Composed:
        order = [
            sql.SQL('{} COLLATE "C"' if one in self.texts else "{}").format(sql.Identifier(one))
            for one in self.key or self.columns
        ]
        columns = sql.SQL(", ").join(self._held(one) for one in self.columns)
        # The condition and the expressions are of our own code, `copied.py` of each app.
        where = sql.SQL(f" WHERE {self.only}") if self.only else sql.SQL("")
        return sql.SQL("COPY (SELECT {} FROM {}{} ORDER BY {}) TO STDOUT").format(
            columns, named(schema, self.name), where, sql.SQL(", ").join(order)
        )

    def _held(self, column: str) -> sql.Composable:
        name = sql.Identifier(column)
        expression = self.holds.get(column)
        if not expression:
            return name
        return sql.SQL(f"{expression} AS {{}}").format(name)


def carried_tables(snapshot: Snapshot, copy: Copy) -> Iterator[CarriedTable]:
    """Those that come along, in load order."""
    for table in snapshot.tables:
        if table.name in coming(copy):
            terms = terms_of(_models()[table.name]._meta.label)
            yield CarriedTable(
                table.name, table.columns, table.key, table.texts, table.rows_guessed,
                holds=held(_models()[table.name], copy), only=terms.only.get(copy, ""),
            )  # fmt: skip


@cache
def _models() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


@cache
def coming(copy: Copy) -> frozenset[str]:
    """Names of the tables of which rows come into such a copy."""
    return frozenset(name for name, model in _models().items() if copy in terms_of(model._meta.label).comes)


def held(model: type[Model], copy: Copy) -> dict[str, str]:
    """What stands in columns instead; what points at a table that stays behind points at nothing.

    Raises ValueError for a table that cannot come without the other.
    """
    terms = terms_of(model._meta.label)
    found = {name: terms.holds_in(copy, name) for name in terms.else_as}
    for one in model._meta.local_fields:
        target = one.related_model if one.is_relation else None
        if isinstance(target, type) and target._meta.db_table not in coming(copy):
            if not one.null:
                raise ValueError(f"{model._meta.label} cannot come into a {copy} without {target._meta.label}")
            found[str(one.column)] = f"{NOTHING}::uuid"
    return {name: expression for name, expression in found.items() if expression}
