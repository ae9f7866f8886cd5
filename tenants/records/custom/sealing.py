"""Confidential values on their way from one state or one record to another: never read, always encrypted anew."""

from collections.abc import Mapping
from typing import Any

from tenants.kernel.secrets import Secret, encrypt
from tenants.records.fields import purpose_of
from tenants.records.registry import RecordType

Custom = Mapping[str, Any]


def carried(
    record_type: RecordType, custom: Custom, *, source: Any, target: Any, known: Custom | None = None
) -> dict[str, Any]:
    """What one record holds in `custom` as another one can hold it. Within a transaction.

    `known` is what the target holds: a value that is the same there keeps its token.
    """
    found = dict(custom)
    for key in _sealed(record_type, custom):
        text = Secret(custom[key], purpose_of(source, key)).reveal()
        there = str((known or {}).get(key) or "")
        is_same = bool(there) and Secret(there, purpose_of(target, key)).reveal() == text
        found[key] = there if is_same else encrypt(text, purpose=purpose_of(target, key))
    return found


def is_same(record_type: RecordType, record: Any, one: Custom, other: Custom) -> bool:
    """Whether two states of a record's `custom` hold the same, by whatever key they are encrypted."""
    return _opened(record_type, record, one) == _opened(record_type, record, other)


def _opened(record_type: RecordType, record: Any, custom: Custom) -> dict[str, Any]:
    sealed = _sealed(record_type, custom)
    return {**custom, **{key: Secret(custom[key], purpose_of(record, key)).reveal() for key in sealed}}


def _sealed(record_type: RecordType, custom: Custom) -> list[str]:
    """Keys of confidential values, of retired fields too."""
    if not custom:
        return []
    keys = {field.key for field in record_type.all_fields.values() if field.is_secret}
    return [key for key in custom if key in keys]
