"""What follows a write once it is committed: new words are learnt, entries that name a renamed record renewed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.records.events import consumer
from tenants.records.fields import Relation
from tenants.records.models import Event, SearchEntry
from tenants.records.registry import RecordType, record_types, type_named
from tenants.records.search.index import index_records
from tenants.records.search.reindexing import batches, rows_of
from tenants.records.search.words import learn, learnable, unknown


@consumer("*", label=_("Words for search"))
def learn_words(event: Event) -> None:
    """Take the words of a written record into the vocabulary; usually all are known and nothing is read."""
    if event.record_type and unknown(_words_of(event.record_type, event.payload.get("changes"))):
        entry = SearchEntry.objects.filter(record_type=event.record_type, record_id=event.record_id)
        for haystack in entry.values_list("haystack", flat=True):
            learn(learnable(haystack))


def _words_of(type_name: str, changes: Any) -> set[str]:
    """The words of the values that were written and are searched; the names of relations too."""
    from tenants.records.search.folding import haystack_of

    names = _searched(type_name)
    values = [pair[1] for name, pair in changes.items() if name in names] if isinstance(changes, dict) else []
    texts = [value.get("name", "") if isinstance(value, dict) else value for value in values]
    return learnable(haystack_of("", [("", text) for text in texts if isinstance(text, str)]))


@cache
def _searched(type_name: str) -> frozenset[str]:
    """Fields whose words stand in entries: without this each record given a job title would be read for it."""
    record_type = type_named(type_name)
    model = record_type.model
    steps = (path if path.startswith("custom.") else path.partition(".")[0] for path in record_type.search)
    return frozenset({model.title_field, *model.text_fields, *steps, "external_id"})


@consumer("*", label=_("Search of related records"))
def renew_dependents(event: Event) -> None:
    """Entries of a company's people carry its name: they follow when it changes."""
    changes = event.payload.get("changes")
    if not event.name.endswith(".updated") or not event.record_type or not changes:
        return
    for record_type, relation, columns in dependents(event.record_type):
        if columns & changes.keys():
            for batch in _rows(record_type, relation, event.record_id):
                index_records(record_type, batch)


@cache
def dependents(name: str) -> list[tuple[RecordType, Relation, frozenset[str]]]:
    """Types whose search reads from records of this type: by which relation, and which columns."""
    model = type_named(name).model
    titles = {model.title_field, *model.text_fields}
    found: dict[tuple[str, str], tuple[RecordType, Relation, frozenset[str]]] = {}
    for record_type in record_types():
        for path in (*record_type.search, f"{record_type.subtitle}."):
            step, _dot, column = path.partition(".")
            relation = record_type.own_fields.get(step)
            if _dot and isinstance(relation, Relation) and relation.target is model:
                columns = titles if column in ("", *titles) else {column}
                key = record_type.name, step
                known = found[key][2] if key in found else frozenset()
                found[key] = record_type, relation, known | columns
    return list(found.values())


def _rows(record_type: RecordType, relation: Relation, target_id: Any) -> Iterator[list[Any]]:
    return batches(rows_of(record_type).filter(**{f"{relation.name}_id": target_id}))
