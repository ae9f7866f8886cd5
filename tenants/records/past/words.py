"""The quick search of a list of the past: the index of words knows only today's, so the fields are read."""

from typing import Any

from django.db.models import Q

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.filters import compile_filter, follow
from tenants.records.registry import RecordType

MOST_WORDS = 8


def matching_then(actor: Actor, record_type: RecordType, text: str) -> Q:
    """Rows in which every word stands in one of the fields that searches look at."""
    names = [name for name in record_type.search if _can_hold(record_type, name)]
    words = text.replace("\x00", "").split()[:MOST_WORDS]
    if not names or not words:
        return Q(pk__in=[]) if text.strip() else Q()
    tree: dict[str, Any] = {"all": [{"any": [_holds(name, word) for name in names]} for word in words]}
    return compile_filter(tree, record_type, actor)


def _can_hold(record_type: RecordType, name: str) -> bool:
    """Whether the field is there for the one who reads, and is of words."""
    try:
        return "contains" in follow(record_type, name).field.operators
    except Invalid:
        return False


def _holds(name: str, word: str) -> dict[str, Any]:
    return {"field": name, "op": "contains", "value": word}
