"""Places, the connection, its role, cache, files and signatures: the walls under the program."""

import re
from contextlib import contextmanager
from contextvars import Token
from dataclasses import replace
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper as Plain

from tenants.directory.models import Company
from tenants.kernel import cache, context, signing
from tenants.kernel.db import base, cursors, standing
from tenants.kernel.db.base import DatabaseWrapper
from tenants.kernel.storage import WalledStorage
from tests.hostile.felling.faults.ground import a, as_superuser, everywhere, nothing, with_statements


def switch_left_out(patch: pytest.MonkeyPatch) -> None:
    """From one company straight to another, the connection stays where it is."""
    true = DatabaseWrapper._switch

    def switch(self: Any, found: context.Context) -> None:
        now = self.search_path_set_schemas
        if not (now and now.role and found.place.role):
            true(self, found)

    patch.setattr(DatabaseWrapper, "_switch", switch)


def contexts_never_left(patch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def entered(found: context.Context) -> Any:
        context._context.set(found)
        yield found

    patch.setattr(context, "entered", entered)


def connections_begin_anywhere(patch: pytest.MonkeyPatch) -> None:
    """What a server makes of a connection that asks for nothing."""
    true = DatabaseWrapper.get_connection_params

    def params(self: Any) -> dict[str, Any]:
        return {name: value for name, value in true(self).items() if name != "options"}

    patch.setattr(DatabaseWrapper, "get_connection_params", params)


def names_unlooked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(base, "_named", lambda name: f'"{name}"')


def remembered_over_rollbacks(patch: pytest.MonkeyPatch) -> None:
    """The server forgets what was set; the program goes on believing in it."""
    for name in ("rollback", "savepoint_rollback"):
        patch.setattr(DatabaseWrapper, name, getattr(BaseDatabaseWrapper, name))


def one_place_a_transaction(patch: pytest.MonkeyPatch) -> None:
    """Where it stood when the transaction began is where it stays."""
    true = DatabaseWrapper._switch

    def switch(self: Any, found: context.Context) -> None:
        now = self.search_path_set_schemas
        if not (now and now.role and self.in_atomic_block):
            true(self, found)

    patch.setattr(DatabaseWrapper, "_switch", switch)


def public_for_nowhere(patch: pytest.MonkeyPatch) -> None:
    def current() -> context.Context:
        return context._context.get() or context.Context(place=context.Place(schema="public"))

    patch.setattr(context, "current", current)


class Global:
    """What people had before there were context variables."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> Any:
        before, self.value = self.value, value
        return before

    def reset(self, token: "Token[Any] | Any") -> None:
        self.value = token


def one_context_for_all_threads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(context, "_context", Global(context.current_or_none()))


# The role


PLACE = Company.place.fget
"""As it is."""


def no_role(patch: pytest.MonkeyPatch) -> None:
    """Companies work as the login role, which owns every table."""
    patch.setattr(Company, "place", property(lambda self: replace(PLACE(self), role=None)))


def texts_in_one_message(patch: pytest.MonkeyPatch) -> None:
    """By the simple protocol, which takes any number of statements."""

    def send(self: Any, query: Any, *, force_extended: bool = False, binary: bool | None = None) -> None:
        super(cursors.Walled, self)._execute_send(query, force_extended=force_extended, binary=binary)  # type: ignore[misc]

    patch.setattr(cursors.Walled, "_execute_send", send)


def statements_of_any_kind(patch: pytest.MonkeyPatch) -> None:
    everywhere(patch, "tenants.kernel.db.cursors.ROWS_ONLY", re.compile(b""))


def functions_given_back(patch: pytest.MonkeyPatch) -> None:
    """What PostgreSQL lets everybody do by default."""
    as_superuser(
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pg_catalog TO PUBLIC", "GRANT USAGE ON LANGUAGE sql TO PUBLIC"
    )


def sessions_seen_by_all(patch: pytest.MonkeyPatch) -> None:
    as_superuser(f'GRANT pg_read_all_stats TO "{a().schema_name}" WITH INHERIT TRUE')


def savepoints_of_text(patch: pytest.MonkeyPatch) -> None:
    """Any text counts as a word of the house."""
    everywhere(patch, "tenants.kernel.db.cursors.Ours", str)


def login_that_copies_the_server(patch: pytest.MonkeyPatch) -> Any:
    """More than an application needs. The role is of the whole server, so it is taken back."""
    as_superuser("ALTER ROLE omniflow REPLICATION")
    return lambda: as_superuser("ALTER ROLE omniflow NOREPLICATION")


def pooler_unlooked_at(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(standing, "_check_pooler", nothing)


def set_for_the_session(patch: pytest.MonkeyPatch) -> None:
    """Role and path stay on the server's connection, whoever gets it next."""
    patch.setattr(DatabaseWrapper, "is_pooled", property(lambda self: False))


def whatever_columns_there_are(patch: pytest.MonkeyPatch) -> None:
    """A plan that the server kept knows the columns of the company it was made for."""
    columns = re.compile(r'SELECT "crm_contact"\.(.*) FROM "crm_contact"')
    place = re.compile(r" /\* t_\w+ \*/$")
    first = 'SELECT "crm_contact".\\1, crm_contact.* FROM "crm_contact"'
    with_statements(patch, lambda text: place.sub("", columns.sub(first, text)))


def never_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(DatabaseWrapper, "close_if_unusable_or_obsolete", Plain.close_if_unusable_or_obsolete)


def closed_in_the_middle(patch: pytest.MonkeyPatch) -> None:
    """After every request, whatever transaction is around it."""
    patch.setattr(DatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: self.connection and self.close())


def always_closed(patch: pytest.MonkeyPatch) -> None:
    """By how often companies were entered, not by how many they were."""
    true = DatabaseWrapper._switch

    def switch(self: Any, found: context.Context) -> None:
        true(self, found)
        self.touched.add(f"{found.place.schema}-{len(self.touched)}")

    patch.setattr(DatabaseWrapper, "_switch", switch)


# Cache, files, signatures


def unsalted_cache(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cache, "salted_key", lambda key, prefix, version: f"{prefix}:{version}:{key}")
    from django.core.cache import caches

    patch.setattr(caches["default"], "key_func", cache.salted_key)


def unwalled_storage(patch: pytest.MonkeyPatch) -> None:
    """Paths are joined, and nobody looks where they end."""
    patch.setattr(WalledStorage, "_within", lambda self, root, name: str(root / context.place().schema / name))
    patch.setattr("django.core.files.storage.base.validate_file_name", lambda name, **_: name)


def one_folder_for_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(WalledStorage, "_within", lambda self, root, name: str(root / name))


def unsalted_signatures(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signing, "_salt", lambda purpose: purpose)


def no_limits(patch: pytest.MonkeyPatch) -> None:
    from tenants.kernel.db.limits import NONE

    everywhere(patch, "tenants.kernel.db.limits.limits_for", lambda found: NONE)


def errors_of_where_we_are(patch: pytest.MonkeyPatch) -> None:
    """The company of whoever reports, not of whoever failed."""
    patch.setattr(context, "of_error", lambda error: context.current_or_none())
