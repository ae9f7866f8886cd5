"""What a list or board page asks for in its URL, and the rows that answer it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from tenants.kernel.actors import Actor
from tenants.records.fields import Field, Relation, Select
from tenants.records.filters import parse_filter, resolve
from tenants.records.paging import Page, order_for, page_of
from tenants.records.queries import rows_matching
from tenants.records.registry import RecordType

WORDS = {
    "is": "is", "is_not": "is not", "contains": "contains", "starts_with": "starts with", "empty": "is empty",
    "not_empty": "is filled", "gt": "is more than", "gte": "is at least", "lt": "is less than", "lte": "is at most",
    "between": "is between", "in": "is one of", "not_in": "is none of", "in_last_days": "in the last",
    "in_next_days": "in the next", "me": "is me",
}  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """A condition in plain words, and the list without it."""

    label: str
    operator: str
    value: str
    remove_url: str


class Listing:
    """One list as its URL describes it: text, filter, order, place."""

    def __init__(self, record_type: RecordType, actor: Actor, query: QueryDict) -> None:
        self.record_type = record_type
        self.actor = actor
        self.text = query.get("q", "")[:200]
        self.tree = parse_filter(query.get("filter", ""))
        self.sort = query.get("sort", "") or record_type.sort
        self.after, self.before = query.get("after", ""), query.get("before", "")
        self.order = order_for(record_type, self.sort)

    @cached_property
    def rows(self) -> Any:
        return rows_matching(self.actor, self.record_type, tree=self.tree, text=self.text)

    @cached_property
    def page(self) -> Page:
        return page_of(self.rows, self.order, after=self.after, before=self.before)

    @cached_property
    def total(self) -> int:
        return int(self.rows.order_by().count())

    @property
    def is_narrowed(self) -> bool:
        return bool(self.tree or self.text)

    def url(self, **changes: Any) -> str:
        """This list with some of its parameters changed; the place starts over unless given."""
        asked = {"q": self.text, "filter": json.dumps(self.tree) if self.tree else "", "sort": self.sort}
        asked |= {name: value for name, value in changes.items()}
        if asked["sort"] == self.record_type.sort:
            asked["sort"] = ""
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def here(self) -> str:
        """The same rows in another layout."""
        return self.url()

    @property
    def next_url(self) -> str:
        return self.url(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(before=self.page.previous) if self.page.previous else ""

    @property
    def headers(self) -> Iterator[dict[str, Any]]:
        for name in self.record_type.columns:
            field = self.record_type.fields[name]
            is_sorted = self.sort.removeprefix("-") == name
            is_falling = is_sorted and self.sort.startswith("-")
            turned = name if is_falling or not is_sorted else f"-{name}"
            yield {
                "field": field, "url": self.url(sort=turned), "is_numeric": field.is_numeric,
                "aria_sort": ("descending" if is_falling else "ascending") if is_sorted else "none",
            }  # fmt: skip

    @property
    def conditions(self) -> list[Mapping[str, Any]]:
        """The conditions of a flat tree, the form the page's chips can show."""
        if "field" in self.tree:
            return [self.tree]
        parts = self.tree.get("all", [])
        return parts if all("field" in part for part in parts) else []

    @property
    def chips(self) -> list[Chip]:
        return [self._chip(i, part) for i, part in enumerate(self.conditions)]

    def _chip(self, index: int, part: Mapping[str, Any]) -> Chip:
        field, _path = resolve(self.record_type, str(part["field"]))
        rest = [one for i, one in enumerate(self.conditions) if i != index]
        operator = str(part.get("op", "is"))
        return Chip(
            field.label,
            WORDS.get(operator, operator),
            _spoken(field, operator, part.get("value")),
            self.url(filter=json.dumps({"all": rest}) if rest else ""),
        )

    def with_condition(self, condition: Mapping[str, Any]) -> str:
        return self.url(filter=json.dumps({"all": [*self.conditions, condition]}))


def _spoken(field: Field, operator: str, value: Any) -> str:
    if operator.endswith("_days"):
        return f"{value} days"
    if isinstance(field, Relation) and value:
        found = field.target._default_manager.filter(pk=value).first()
        return str(found or "?")
    if isinstance(field, Select) and isinstance(value, str):
        return field.text(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
