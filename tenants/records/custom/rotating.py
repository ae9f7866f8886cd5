"""New keys for confidential values: those of records, in the bin too, and those that merges keep to be undone."""

from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform

from tenants.kernel import context
from tenants.kernel.models import DataKey
from tenants.kernel.rotating import PIECE, also_rotate, is_behind, mark_of, told_or_emptied
from tenants.kernel.secrets import encrypt
from tenants.records.custom.making import CONFIDENTIAL
from tenants.records.fields import purpose_of
from tenants.records.models import CustomField, Merge
from tenants.records.registry import RecordType, type_named


@also_rotate
@transaction.atomic
def write_anew(newest: DataKey) -> int:
    """A piece of what names another key; how much that was."""
    if context.place().company_id is None:
        return 0
    for definition in CustomField.objects.filter(kind=CONFIDENTIAL):
        record_type = type_named(definition.record_type)
        if count := _records(record_type, definition.key, newest) or _merges(record_type, definition.key, newest):
            return count
    return 0


def _records(record_type: RecordType, key: str, newest: DataKey) -> int:
    """Nobody has changed the record: version, history and search stay."""
    model = record_type.model
    rows = model._default_manager.filter(custom__has_key=key).annotate(token=KeyTextTransform(key, "custom"))
    behind = rows.exclude(token__startswith=mark_of(newest)).select_for_update(of=("self",)).order_by("pk")[:PIECE]
    for row in behind:
        custom = dict(row.custom)
        _anew(row, custom, key, newest)
        if not custom.get(key):
            custom.pop(key, None)
        model._default_manager.filter(pk=row.pk).update(custom=custom)
    return len(behind)


def _merges(record_type: RecordType, key: str, newest: DataKey) -> int:
    rows = Merge.objects.filter(record_type=record_type.name)
    behind = rows.filter(_names_another(key, newest)).select_for_update().order_by("pk")[:PIECE]
    for merge in behind:
        before = merge.before
        states = [*before["rows"].items(), (str(merge.kept_id), before["after"])]
        for record_id, columns in states:
            _anew(record_type.model(id=record_id), columns.get("custom") or {}, key, newest)
        Merge.objects.filter(pk=merge.pk).update(before=before)
    return len(behind)


def _names_another(key: str, newest: DataKey) -> Q:
    found = Q()
    for place in ("$.rows.*.custom", "$.after.custom"):
        path, known = Value(f'{place}."{key}" ? (!(@ starts with $mark))'), Value(f'{{"mark": "{mark_of(newest)}"}}')
        found |= Q(Func("before", path, known, function="jsonb_path_exists", output_field=BooleanField()))
    return found


def _anew(record: Any, custom: dict[str, Any], key: str, newest: DataKey) -> None:
    if custom.get(key) and is_behind(custom[key], newest):
        purpose = purpose_of(record, key)
        text = told_or_emptied(custom.pop(key), purpose)
        if text:
            custom[key] = encrypt(text, purpose=purpose)
