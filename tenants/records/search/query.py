"""The quick search of lists. The big one is in `finding`, which needs `records.queries`, which needs this."""

from collections.abc import Iterable

from django.db.models import Q

from tenants.records.models import SearchEntry
from tenants.records.registry import RecordType
from tenants.records.search.matching import Typed, entry_filter


def matching(record_type: RecordType, text: str, phrases: Iterable[str] = ()) -> Q:
    """For lists: rows of a type in which every word of the text begins or stands inside a word."""
    typed = Typed.of(text, phrases)
    if not typed.words:
        return Q() if not text.strip() else Q(pk__in=[])
    entries = SearchEntry.objects.filter(entry_filter(typed), record_type=record_type.name)
    return Q(pk__in=entries.values("record_id"))
