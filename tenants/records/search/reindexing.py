"""Making all entries anew: after a restore, a bulk load, or a change of what is searched."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from tenants.kernel import context
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.models import SearchEntry
from tenants.records.registry import RecordType, record_types, type_named
from tenants.records.search.index import index_records
from tenants.records.search.words import learn, learnable

BATCH = 500


@job_kind
class Reindex(JobKind):
    """All records of one type, or of all types, in pieces of some hundred."""

    name = "reindex"

    def run(self, run: Run) -> None:
        wanted = run.job.record_type
        names = [wanted] if wanted else [found.name for found in searched_types()]
        at = run.place.get("type", names[0])
        for name in names[names.index(at) :]:
            last = run.place.get("after") if name == at else None
            for batch in batches(rows_of(type_named(name)), UUID(last) if last else None):
                run.check()
                with transaction.atomic():
                    reindex(type_named(name), batch)
                    run.advance(len(batch), type=name, after=str(batch[-1].pk))
        with transaction.atomic():
            drop_strays(names)
        tidy()


def searched_types() -> list[RecordType]:
    return [found for found in record_types() if found.search]


def rows_of(record_type: RecordType) -> Any:
    """All records that have an entry, with what is searched of their relations."""
    rows = record_type.model._default_manager.filter(deleted_at=None)
    return rows.select_related(*record_type.relations).order_by("pk")


def batches(rows: Any, after: UUID | None = None) -> Iterator[list[Any]]:
    """Rows by id, some hundred at a time."""
    batch = list((rows.filter(pk__gt=after) if after else rows)[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:BATCH]) if len(batch) == BATCH else []


def reindex(record_type: RecordType, records: list[Any]) -> None:
    """Renew entries and learn their words."""
    index_records(record_type, records)
    ids = [record.pk for record in records]
    entries = SearchEntry.objects.filter(record_type=record_type.name, record_id__in=ids)
    learn(set().union(*(learnable(haystack) for haystack in entries.values_list("haystack", flat=True))))


def drop_strays(names: Iterable[str]) -> None:
    """Forget entries whose record is in the bin or gone."""
    for name in names:
        alive = type_named(name).model._default_manager.filter(deleted_at=None, pk=OuterRef("record_id"))
        # Not “not in”: past what fits into memory that is asked of each entry anew, hours for a million.
        SearchEntry.objects.filter(~Exists(alive), record_type=name).delete()


def reindex_all(names: Iterable[str] = ()) -> int:
    """Everything at once, for commands: how many records were indexed."""
    chosen = [found for found in searched_types() if not names or found.name in set(names)]
    count = 0
    for record_type in chosen:
        for batch in batches(rows_of(record_type)):
            with transaction.atomic():
                reindex(record_type, batch)
            count += len(batch)
    drop_strays(found.name for found in chosen)
    tidy()
    return count


def tidy() -> None:
    """Let the planner know what the tables hold now. Only their owner, the login role, may."""
    with context.inside(replace(context.place(), role=None)), connection.cursor() as cursor:
        cursor.execute("ANALYZE records_searchentry")
        cursor.execute("ANALYZE records_searchword")
