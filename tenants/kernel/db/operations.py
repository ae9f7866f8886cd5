"""Operations of migrations for taking columns away while two versions of the code are served.

Expand and contract: one release adds what is new and writes both; the next forgets the old column (`ForgetField`:
the code no longer knows it, the column is still there for the code that does); the one after drops it
(`DropForgotten`). A rename is a new column, a copy of the values, and these two.
"""

from typing import Any

from django.db import router
from django.db.migrations.operations import RemoveField
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED


class ForgetField(RemoveField):
    """The code stops knowing a column that stays: rows are inserted without it, older code still reads it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        field = model._meta.get_field(self.name)
        if field.column and not field.null and field.db_default is NOT_PROVIDED:
            quoted = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(field.column)
            schema_editor.execute("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL".format(*quoted))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """The column is still there."""

    def describe(self) -> str:
        return f"Forget field {self.name} of {self.model_name}, leave its column"


class DropForgotten(Operation):
    """Take a column away that an earlier release has forgotten. `forgotten_in` names that migration."""

    reduces_to_sql = True
    reversible = False

    def __init__(self, table: str, column: str, *, forgotten_in: tuple[str, str]) -> None:
        self.table = table
        self.column = column
        self.forgotten_in = forgotten_in

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The code has forgotten it already."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            quoted = schema_editor.quote_name(self.table), schema_editor.quote_name(self.column)
            schema_editor.execute("ALTER TABLE {} DROP COLUMN IF EXISTS {}".format(*quoted))

    def describe(self) -> str:
        return f"Drop forgotten column {self.column} of {self.table}"
