"""Statements that are kept: to write the same one anew for every request is half of a list's work."""

from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

ANY_ID = UUID(int=0)
"""In a statement about one record: to be replaced by its id."""


class Statement:
    """A query of plain columns, as text. It holds nothing of a company: the schema is the connection's."""

    def __init__(self, rows: "QuerySet[Any]") -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        expressions = [column[0] for column in compiler.select]
        self.converters = list(compiler.get_converters(expressions).items())

    def rows(self, record_id: UUID | None = None) -> list[tuple[Any, ...]]:
        """What the database has now; `record_id` stands in for ANY_ID."""
        params = [record_id if one == ANY_ID else one for one in self.params] if record_id else self.params
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            return [self._converted(row) for row in cursor.fetchall()]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        if not self.converters:
            return row
        values = list(row)
        for index, (converters, expression) in self.converters:
            for convert in converters:
                values[index] = convert(values[index], expression, connection)
        return tuple(values)
