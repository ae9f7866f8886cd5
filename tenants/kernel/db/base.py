"""The database connection that follows the context.

django-tenants' backend, with its public default taken out: the schema, the role and
the limits come from `kernel.context` at every cursor, and without a context there is
no cursor. A switch costs one round trip, and only when the place changed.
"""

import re
from contextlib import suppress
from typing import Any

import orjson
import psycopg
from django.conf import settings
from django_tenants.postgresql_backend import base
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from tenants.kernel import context
from tenants.kernel.context import Context, Place
from tenants.kernel.db import standing
from tenants.kernel.db.cursors import Cursor, NamedCursor, Operations
from tenants.kernel.db.limits import NONE, Limits, limits_for

TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid
ASKED_OFTEN = 5
"""So often a cursor of psycopg's own (`records.statements`) sends a text before the server keeps its plan."""
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}", re.ASCII)


class Jsonb(Loader):
    """What binary results hold as JSON. Django reads its own from text."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Any:
        return orjson.loads(memoryview(data)[1:])  # the first byte is the format's version


class DatabaseWrapper(base.DatabaseWrapper):  # type: ignore[misc]
    """PostgreSQL in the schema and role of the current context."""

    ops_class = Operations
    search_path_set_schemas: Place | None
    limits_set: Limits = NONE
    set_for: Context | None = None
    touched: set[str]
    """The companies this connection has been in."""

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler may give each transaction another connection to the server."""
        return bool(settings.DB_POOLER == "transaction")

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Moments are read by psycopg's own loader: Django's costs ten times as much, and sessions are in UTC."""
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader("timestamptz", psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT))
        connection.adapters.register_loader("jsonb", Jsonb)
        connection.prepare_threshold = None if self.is_pooled else ASKED_OFTEN
        connection.is_walled, connection.opening = False, ""
        self.touched, self.limits_set = set(), NONE
        standing.check(connection)
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Django's would put its own loader back."""
        if name:
            cursor: Any = NamedCursor
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
        found = context.current()
        if found is self.set_for and self.search_path_set_schemas is not None:
            return
        if self.search_path_set_schemas == found.place and self.limits_set == limits_for(found):
            self.set_for = found
            return
        # In a failed transaction only a rollback can follow, and it forgets what was set.
        with suppress(psycopg.errors.InFailedSqlTransaction):
            self._switch(found)

    def _switch(self, found: Context) -> None:
        """Role, path and, where they differ, limits: our own names in one text, one round trip.

        By SET alone: the function that would do the same is closed to companies (`walls`).
        """
        place, limits = found.place, limits_for(found)
        # A rollback took back what was set within: then everything is set anew.
        is_known = self.search_path_set_schemas is not None and self.limits_set == limits and not self.is_pooled
        word = "SET LOCAL" if self.is_pooled else "SET"
        parts = [f"{word} ROLE {_named(place.role) if place.role else 'NONE'}"]
        parts.append(f"{word} search_path TO {_named(place.schema)}")
        parts += [] if is_known else limits.statements(word)
        self._send("; ".join(parts))
        self.connection.is_walled = place.role is not None
        self.search_path_set_schemas, self.limits_set, self.set_for = place, limits, found
        self.touched.add(place.schema)

    def _send(self, text: str) -> None:
        """Now; or, where a pooler gives each transaction another connection, as the beginning of the next."""
        if self.is_pooled and self.connection.autocommit:
            self.connection.opening = text
            return
        with psycopg.Cursor(self.connection) as switch:
            switch.execute(text.encode(), prepare=False)

    def _commit(self) -> None:
        super()._commit()
        self._forget_if_pooled()

    def _rollback(self) -> None:
        super()._rollback()
        self._forget_if_pooled()

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)
        self._forget_if_pooled()

    def _forget_if_pooled(self) -> None:
        """What was set ended with the transaction."""
        if self.is_pooled:
            self.search_path_set_schemas = None

    def close_if_unusable_or_obsolete(self) -> None:
        """Also when it has been in many companies: what the server remembers of each it keeps for good."""
        super().close_if_unusable_or_obsolete()
        if self.connection is not None and len(self.touched) > settings.DB_CONN_MOST_COMPANIES:
            self.close()

    def is_usable(self) -> bool:
        """Asked between requests too, where there is no context."""
        if self.connection is None:
            return False
        try:
            self.connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


def _named(name: str) -> str:
    """A name that we made, quoted. Raises ValueError: what is written into a statement is never guessed at."""
    if not NAME.fullmatch(name):
        raise ValueError(f"Not a name of ours: {name!r}")
    return f'"{name}"'
