"""The database connection that follows the context.

django-tenants' backend, with its public default taken out: the schema and the
role come from `kernel.context` at every cursor, and without a context there is
no cursor. A switch costs one round trip, and only when the place changed.
"""

from contextlib import suppress
from typing import Any

import orjson
import psycopg
from django.db.backends.postgresql.base import ServerSideCursor
from django_tenants.postgresql_backend import base
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from tenants.kernel import context
from tenants.kernel.context import Place

TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
ASKED_OFTEN = 5
"""So often a cursor of psycopg's own (`records.statements`) sends a text before the server keeps its plan."""
SWITCH = "SELECT set_config('search_path', %s, false), set_config('role', %s, false)"


class Jsonb(Loader):
    """What binary results hold as JSON. Django reads its own from text."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Any:
        return orjson.loads(memoryview(data)[1:])  # the first byte is the format's version


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """PostgreSQL in the schema and role of the current context."""

    search_path_set_schemas: Place | None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Moments are read by psycopg's own loader: Django's costs ten times as much, and sessions are in UTC."""
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("timestamptz", psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT))
        connection.adapters.register_loader("jsonb", Jsonb)
        connection.prepare_threshold = ASKED_OFTEN
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's would put its own loader back."""
        if name:
            cursor: Any = ServerSideCursor
            return cursor(self.connection, name=name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()

    @property
    def schema_name(self) -> str:
        found = context.current_or_none()
        return found.place.schema if found else context.EMPTY_SCHEMA

    @schema_name.setter
    def schema_name(self, value: str | None) -> None:
        """django-tenants assigns here; the context alone decides."""

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        raise NotImplementedError("Enter tenants.kernel.context instead")

    def set_schema_to_public(self) -> None:
        """django-tenants starts in public; we start nowhere."""

    def _handle_search_path(self, cursor: Any = None) -> None:
        place = context.place()
        if self.search_path_set_schemas == place:
            return
        # In a failed transaction only a rollback can follow, and it forgets what was set.
        with suppress(psycopg.errors.InFailedSqlTransaction), self.connection.cursor() as switch:
            switch.execute(SWITCH, (place.schema, place.role or "none"))
            self.search_path_set_schemas = place

    def is_usable(self) -> bool:
        """Asked between requests too, where there is no context."""
        if self.connection is None:
            return False
        try:
            self.connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True
