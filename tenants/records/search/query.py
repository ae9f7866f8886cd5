"""The quick search of lists. The big one is in `finding`, which needs `records.queries`, which needs this."""

from collections.abc import Iterable

from django.db.models import F, Q

from tenants.kernel.actors import Actor
from tenants.records.models import SearchEntry
from tenants.records.registry import RecordType
from tenants.records.search.closed import Finds, closed_to
from tenants.records.search.matching import Typed, entry_filter


def matching(actor: Actor, record_type: RecordType, text: str, phrases: Iterable[str] = ()) -> Q:
    """For lists: rows of a type in which every word of the text begins or stands inside a word the actor may read."""
    typed = Typed.of(text, phrases)
    if not typed.words:
        return Q() if not text.strip() else Q(pk__in=[])
    entries = SearchEntry.objects.filter(entry_filter(typed), record_type=record_type.name)

    def found_without(marks: frozenset[str]) -> Q:
        found = entries.filter(Finds(F("haystack"), typed, marks)) if marks else entries
        return Q(pk__in=found.values("record_id"))

    return closed_to(actor, record_type).condition(found_without)
