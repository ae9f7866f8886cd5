"""Which rows: ids, or a filter with a search and exceptions, as it stands when the work begins."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.kernel.ids import uuid7
from tenants.records.bin.queries import in_bin
from tenants.records.layouts.listing import Listing
from tenants.records.queries import require, rows_matching, visible_to
from tenants.records.registry import RecordType

MOST_IDS = 1000


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Rows by `ids`, or by `tree` and `text` without those in `without`.

    `until` is an id made when the selection was: rows made later are not in it.
    """

    ids: Sequence[str] = ()
    tree: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    without: Sequence[str] = ()
    from_bin: bool = False
    until: str = field(default_factory=lambda: str(uuid7()))

    def rows(self, actor: Actor, record_type: RecordType) -> "QuerySet[Any]":
        """The rows as they are now. Raises Denied, Invalid."""
        rows = self._source(actor, record_type).filter(pk__lte=self.until)
        if self.ids:
            rows = rows.filter(pk__in=self.ids)
        return rows.exclude(pk__in=self.without) if self.without else rows

    def _source(self, actor: Actor, record_type: RecordType) -> "QuerySet[Any]":
        if self.from_bin:
            require(actor, "delete", record_type.name)
            return in_bin(actor, record_type)
        if self.ids:
            return visible_to(actor, record_type)
        return rows_matching(actor, record_type, tree=dict(self.tree), text=self.text)

    def piece(self, actor: Actor, record_type: RecordType, *, after: str, size: int) -> list[Any]:
        """The next rows by id: an edit that changes what the filter finds skips and repeats none."""
        rows = self.rows(actor, record_type).order_by("pk")
        return list((rows.filter(pk__gt=after) if after else rows)[:size])

    def missing(self, actor: Actor, record_type: RecordType) -> list[str]:
        """Ids that name no row the actor may see."""
        known = {str(pk) for pk in self.rows(actor, record_type).values_list("pk", flat=True)} if self.ids else set()
        return [one for one in self.ids if one not in known]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def selection_of(record_type: RecordType, actor: Actor, query: QueryDict, *, from_bin: bool) -> Selection:
    """What a list has chosen: `all=1` with the list's own query and `without`, else `ids`."""
    if query.get("all"):
        listing = Listing(record_type, actor, query)
        without = checked_ids(query.getlist("without"), "without")
        return Selection(tree=listing.tree, text=listing.text, without=without, from_bin=from_bin)
    return chosen(checked_ids(query.getlist("ids"), "ids"), from_bin=from_bin)


def chosen(ids: Sequence[str], *, from_bin: bool = False) -> Selection:
    if not ids:
        raise Invalid({"ids": [_("Choose at least one row.")]})
    return Selection(ids=ids, from_bin=from_bin)


def checked_ids(given: Sequence[Any], name: str) -> list[str]:
    """Ids, each once; also several in one text with commas. Raises Invalid."""
    texts = [part.strip() for one in given for part in str(one).split(",") if part.strip()]
    try:
        found = list(dict.fromkeys(str(UUID(text)) for text in texts))
    except ValueError as error:
        raise Invalid({name: [_("Give the ids of records.")]}) from error
    if len(found) > MOST_IDS:
        raise Invalid({name: [_("Give at most %(most)s ids, or a filter for more.") % {"most": MOST_IDS}]})
    return found
