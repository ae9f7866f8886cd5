"""Promises of a table that Django has no words for."""

from typing import Any

from django.db.models import BaseConstraint, Model

OWN_INDEX = "own_"
"""How the names of indexes begin that one company alone has, for fields of its own."""


class AppendOnly(BaseConstraint):
    """Rows are added and read, never changed or taken away, by whoever works with the table.

    A company's role is granted no more than that (`fleet.pool.grant` asks `is_append_only`),
    and the table's owner gives its own rights up. What cuts old rows off takes the
    right back for one transaction (`allowed_to_cut`).
    """

    def constraint_sql(self, model: type[Model] | None, schema_editor: Any) -> str:
        """Nothing within CREATE TABLE: it comes after."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: Any) -> str:
        return f"REVOKE UPDATE, DELETE, TRUNCATE ON {_quoted(model, schema_editor)} FROM CURRENT_USER"

    def remove_sql(self, model: type[Model] | None, schema_editor: Any) -> str:
        return f"GRANT UPDATE, DELETE, TRUNCATE ON {_quoted(model, schema_editor)} TO CURRENT_USER"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing in a row can break it."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AppendOnly) and other.name == self.name

    def __hash__(self) -> int:
        return hash((AppendOnly, self.name))


def is_append_only(model: type[Model]) -> bool:
    return any(isinstance(one, AppendOnly) for one in model._meta.constraints)


def _quoted(model: type[Model] | None, schema_editor: Any) -> str:
    assert model
    return str(schema_editor.quote_name(model._meta.db_table))
