"""Statements that are kept: to write the same one anew for every request is half of a list's work.

They are answered in PostgreSQL's binary form, which needs no reading of texts. What a
connection is asked often it prepares: the plan is kept, too. The text names the schema, so no company is ever
answered by the plan of another, even if a search path were missed.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import JSONField, QuerySet

from tenants.kernel import context
from tenants.kernel.db.cursors import BinaryCursor

ANY_ID = UUID(int=0)
"""In a statement about one record: to be replaced by its id."""


class Statement:
    """A query of plain columns, as text. It holds nothing of a company: the schema is the connection's."""

    def __init__(self, rows: "QuerySet[Any]") -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.converters: list[Any] = []
        try:
            self.sql, self.params = compiler.as_sql()
        except EmptyResultSet:  # a condition that nothing can meet
            self.sql, self.params = "", ()
            return
        expressions = [column[0] for column in compiler.select]
        found = compiler.get_converters(expressions).items()
        # JSON comes as what it stands for; Django would read it from text.
        self.converters = [one for one in found if not isinstance(one[1][1].output_field, JSONField)]

    def rows(self, record_id: UUID | None = None) -> list[tuple[Any, ...]]:
        """What the database has now; `record_id` stands in for ANY_ID."""
        if not self.sql:
            return []
        params = [record_id if one == ANY_ID else one for one in self.params] if record_id else self.params
        with connection.cursor(), binary_cursor() as cursor:
            cursor.execute(f"{self.sql} /* {context.place().schema} */", params)
            found = cursor.fetchall()
        return [self._converted(row) for row in found] if self.converters else found

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for index, (converters, expression) in self.converters:
            for convert in converters:
                values[index] = convert(values[index], expression, connection)
        return tuple(values)


def binary_cursor() -> Any:
    """Counted, logged and guarded like Django's own. Its connection must stand in its schema already."""
    raw: Any = BinaryCursor(connection.connection)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)
