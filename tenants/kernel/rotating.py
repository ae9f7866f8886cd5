"""New keys for what is encrypted, while everything goes on being read and written.

First the data keys are wrapped with the master key in use. Then a new data key is made,
every secret is written anew with it, piece by piece, and the older keys go once nothing
names them any more. Killed anywhere, the next run goes on: older data keys say that a
rotation is under way, and each secret says with which key it was written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from tenants.kernel import context, masters
from tenants.kernel.models import DataKey
from tenants.kernel.secret_fields import SecretField, secret_columns
from tenants.kernel.secrets import (
    MARK,
    Foreign,
    Secret,
    Unreadable,
    is_taking_over,
    new_data_key,
    reading_also,
    unwrap,
    wrap,
)

PIECE = 200
Writer = Callable[[DataKey], int]
_elsewhere: list[Writer] = []


@dataclass(kw_only=True)
class Rotated:
    wrapped: int = 0
    secrets: int = 0
    keys_dropped: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.wrapped or self.secrets or self.keys_dropped)


def also_rotate(write_anew: Writer) -> Writer:
    """Register what writes anew the secrets that stand elsewhere than in columns of the kind.

    Called with the newest key in the place that is rotated: it writes a piece, in a transaction,
    and says how much that was; nothing once all of them name that key.
    """
    _elsewhere.append(write_anew)
    return write_anew


def mark_of(key: DataKey) -> str:
    """What every secret written with a key begins with."""
    return f"{MARK}.{key.pk.hex}."


def is_behind(token: str, newest: DataKey) -> bool:
    return not token.startswith(mark_of(newest))


def rotate(*, data_keys: bool = True) -> Rotated:
    """In the place we are in; without `data_keys` they are only wrapped anew."""
    done = Rotated(wrapped=_wrap_all())
    if data_keys and DataKey.objects.exists():
        newest = _newest_of_rotation()
        for model, field in _columns_here():
            while count := _write_anew(model, field, newest):
                done.secrets += count
        for write_anew in _elsewhere:
            while count := write_anew(newest):
                done.secrets += count
        done.keys_dropped = _drop_older(newest)
    return done


def take_over(foreign: Foreign) -> int:
    """Write every secret that rows from elsewhere brought along anew, with a key of this place; how many.

    What cannot be read with these keys is emptied: a copy holds nothing that nobody can ever open.
    Killed anywhere, it goes on where it was.
    """
    done = 0
    with reading_also(foreign):
        newest = _newest_here()
        for model, field in _columns_here():
            while count := _write_anew(model, field, newest):
                done += count
        for write_anew in _elsewhere:
            while count := write_anew(newest):
                done += count
    return done


def told_or_emptied(token: str, purpose: str) -> str:
    """The secret in the clear; nothing, where a copy came without the key to it. Raises Unreadable otherwise."""
    try:
        return Secret(token, purpose).reveal()
    except Unreadable:
        if is_taking_over():
            return ""
        raise


@transaction.atomic
def _newest_here() -> DataKey:
    return DataKey.objects.order_by("-id").first() or new_data_key()


@transaction.atomic
def _wrap_all() -> int:
    name, _key = masters.current()
    behind = list(DataKey.objects.select_for_update().exclude(master=name))
    for key in behind:
        wrap(key, unwrap(key))
        key.save(update_fields=["master", "wrapped", "updated_at"])
    return len(behind)


@transaction.atomic
def _newest_of_rotation() -> DataKey:
    """The key of the rotation that was interrupted, or a new one."""
    keys = list(DataKey.objects.select_for_update().order_by("-id")[:2])
    return keys[0] if len(keys) > 1 else new_data_key()


def _columns_here() -> list[tuple[type[models.Model], SecretField]]:
    """Those whose tables stand in the schema we are in."""
    in_public = context.place().schema == context.PUBLIC_SCHEMA
    apps = settings.SHARED_APPS if in_public else settings.TENANT_APPS
    return [(model, field) for model, field in secret_columns() if model._meta.app_config.name in apps]


@transaction.atomic
def _write_anew(model: type[models.Model], field: SecretField, newest: DataKey) -> int:
    """A piece of the rows that name another key; how many that were."""
    rows = _behind(model, field, newest)
    for row_id, token in rows:
        text = told_or_emptied(token, field.purpose)
        model._default_manager.filter(pk=row_id).update(**{field.name: text})
    return len(rows)


def _behind(model: type[models.Model], field: SecretField, newest: DataKey) -> list[tuple[Any, str]]:
    table, column = (connection.ops.quote_name(str(name)) for name in (model._meta.db_table, field.column))
    key = connection.ops.quote_name(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, {column} FROM {table} WHERE {column} <> '' AND {column} NOT LIKE %s"  # noqa: S608 - names of ours, quoted
            f" ORDER BY {key} LIMIT {PIECE} FOR UPDATE",
            [f"{mark_of(newest)}%"],
        )
        return list(cursor.fetchall())


@transaction.atomic
def _drop_older(newest: DataKey) -> int:
    """Waits for writers that still hold an older key, then looks once more."""
    older = DataKey.objects.select_for_update().exclude(pk=newest.pk)
    keys = list(older)
    if any(_behind(model, field, newest) for model, field in _columns_here()):
        return 0
    if any(write_anew(newest) for write_anew in _elsewhere):
        return 0
    DataKey.objects.filter(pk__in=[key.pk for key in keys]).delete()
    return len(keys)
