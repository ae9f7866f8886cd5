"""How a text may go on."""

from collections.abc import Iterator

from tenants.kernel.actors import Actor
from tenants.records.search.answers import search
from tenants.records.search.figures import recent_searches
from tenants.records.search.folding import fold
from tenants.records.search.palette import says

MOST = 8


def suggestions(actor: Actor, text: str) -> list[tuple[str, str]]:
    """(text, kind): recent searches that begin so, then titles that do; each text once."""
    found: dict[str, tuple[str, str]] = {}
    for said, kind in _all(actor, text.strip()):
        found.setdefault(fold(said), (said, kind))
    return list(found.values())[:MOST]


def _all(actor: Actor, text: str) -> Iterator[tuple[str, str]]:
    yield from ((said, "recent") for said in recent_searches(actor, beginning=text))
    if text:
        hits = search(actor, text, limit=MOST).hits
        yield from ((hit.title, "title") for hit in hits if says(hit.title, text))
