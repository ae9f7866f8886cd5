"""Rows of logs, which every write adds: the statement is written once, not for every row.

What Django's `create` does for a model that has no listeners, without making the statement again.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import InsertQuery

from tenants.kernel import context
from tenants.records.statements import binary_cursor


def add(row: models.Model) -> None:
    """Insert a new row. What the database fills in by itself is not read back."""
    sql, fields = _insertion(type(row))
    params = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    with connection.cursor(), binary_cursor() as cursor:
        cursor.execute(f"{sql} /* {context.place().schema} */", params)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@lru_cache(maxsize=50)  # of models
def _insertion(model: type[models.Model]) -> tuple[str, Sequence["models.Field[Any, Any]"]]:
    """The statement, and the fields whose values it takes."""
    blank = model()
    fields = [one for one in model._meta.local_concrete_fields if not one.generated]
    given = [one for one in fields if not isinstance(getattr(blank, one.attname), DatabaseDefault)]
    query = InsertQuery(model)
    query.insert_values(fields, [blank], raw=True)
    [(sql, params)] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    if len(params) != len(given):
        raise TypeError(f"{model.__name__} has a value that is no plain parameter")
    return sql, given
