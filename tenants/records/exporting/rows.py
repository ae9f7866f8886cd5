"""The rows of an export, in a stream from the database."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from tenants.kernel.actors import Actor
from tenants.records.paging import order_for
from tenants.records.queries import rows_matching, with_links
from tenants.records.registry import RecordType

CHUNK = 500


def rows_for(record_type: RecordType, asked: Mapping[str, Any], actor: Actor) -> Any:
    """What the filter, the search and the choice let through, in the list's order."""
    rows = rows_matching(actor, record_type, tree=asked.get("filter") or {}, text=str(asked.get("q") or ""))
    if asked.get("ids"):
        rows = rows.filter(pk__in=asked["ids"])
    order = order_for(record_type, str(asked.get("sort") or record_type.sort))
    return rows.order_by(*order.keys(False))


def chunks(record_type: RecordType, rows: Any) -> Iterator[list[Any]]:
    """A few hundred at a time through a cursor of the server, with what their own fields point at."""
    stream = rows.iterator(chunk_size=CHUNK)
    while found := list(islice(stream, CHUNK)):
        with_links(record_type, found)
        yield found
