"""Keeping entries: called by the actions that write records, in their transaction."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from tenants.records.copying import copy_values
from tenants.records.models import Record, SearchEntry
from tenants.records.registry import RecordType
from tenants.records.search.folding import grams_in, haystack_of

UPSERT = """
INSERT INTO records_searchentry (record_type, record_id, title, subtitle, haystack, grams)
SELECT %s, id, title, subtitle, haystack, grams::smallint[]
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[]) AS new (id, title, subtitle, haystack, grams)
ON CONFLICT (record_type, record_id) DO UPDATE
SET title = excluded.title, subtitle = excluded.subtitle, haystack = excluded.haystack, grams = excluded.grams
WHERE (records_searchentry.title, records_searchentry.subtitle, records_searchentry.haystack)
   IS DISTINCT FROM (excluded.title, excluded.subtitle, excluded.haystack)
"""
COLUMNS = ("record_id", "title", "subtitle", "haystack", "grams")


def index_records(record_type: RecordType, records: Sequence[Record]) -> None:
    """Make or renew the entries of these records, in one statement.

    Relations in `record_type.search` are read from the records: fetch them along
    when there are many. Records in the bin must not be given; see `drop_records`.
    """
    if not record_type.search or not records:
        return
    rows = [_row(record_type, record) for record in records]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [record_type.name, *map(list, zip(*rows, strict=True))])


def add_records(record_type: RecordType, records: Sequence[Record]) -> None:
    """Make the entries of records that were just made: what `index_records` does, without looking for old ones."""
    if not record_type.search or not records:
        return
    rows = [_row(record_type, record) for record in records]
    copy_values(SearchEntry, {"record_type": record_type.name}, COLUMNS, rows)


def drop_records(record_type: RecordType, ids: Iterable[UUID]) -> None:
    """Forget records that went into the bin or are gone."""
    SearchEntry.objects.filter(record_type=record_type.name, record_id__in=list(ids)).delete()


def _row(record_type: RecordType, record: Record) -> tuple[UUID, str, str, str, str]:
    title = _clean(str(record))
    haystack = haystack_of(title, parts_of(record_type, record))
    grams = ",".join(map(str, grams_in(haystack)))
    return record.pk, title, _clean(record_type.second_line(record)), haystack, f"{{{grams}}}"


def _clean(text: str) -> str:
    return text.replace("\x00", "")[:200]


def parts_of(record_type: RecordType, record: Record) -> Iterator[tuple[str, str]]:
    """The searched texts of a record beside its title, each behind the mark of what it is."""
    for number, path in enumerate(record_type.search):
        value = value_at(record_type, record, path)
        if value not in (None, ""):
            yield str(number), str(value)
    for tag in record.tags:
        yield "", tag
    if record.external_id:
        yield "", record.external_id


def value_at(record_type: RecordType, record: Any, path: str) -> Any:
    """What stands at a path like `account.name` or `custom.tier`; None where a relation is empty."""
    # Asking for the company's own fields costs more than reading ours: only where a path names one.
    fields = record_type.known_fields if path.startswith("custom.") else record_type.own_fields
    if path in fields:
        return fields[path].value(record)
    for step in path.split("."):
        record = getattr(record, step, None)
    return record


def follow(record_type: RecordType, record: Record, action: str) -> None:
    """Bring the search up to date with one write, whatever its action was."""
    if action == "deleted":
        drop_records(record_type, [record.pk])
    elif action == "restored" or not record.deleted_at:
        index_records(record_type, [record])
