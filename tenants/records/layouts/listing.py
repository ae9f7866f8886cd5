"""What a list, board, calendar or map asks for: a saved view, a person's likings, and the URL over both."""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.fields import Field
from tenants.records.filters import compile_filter, parse_filter
from tenants.records.layouts.grouping import can_group
from tenants.records.layouts.wording import WORDS, Chip, Reader
from tenants.records.models import SavedView
from tenants.records.paging import Page, order_for, page_of
from tenants.records.past.reading import moment_asked
from tenants.records.queries import rows_matching, visible_to
from tenants.records.registry import RecordType

__all__ = ["WORDS", "Chip", "Listing"]
PLAIN = "all"
"""The `view` of a URL that asks for no saved view, even where one is the default."""
BIG = 10_000
BIG_SECONDS = 300
MOST_COLUMNS = 60
DENSITIES = ("compact", "normal", "roomy")
MOST_CARD_FIELDS = 8
MOST_HIDDEN = 50
KEPT = ("q", "filter", "sort", "group", "hide", "columns", "cards", "by", "on", "of")
"""What of a URL a saved view keeps."""
NOTHING = "-"
"""What a URL says that asks for no card fields or no hidden groups, even where the view has some."""
NO_VALUE = "none"
"""Stands for the group of rows without a value."""


class Listing:
    """One list as its URL describes it: text, filter, order, columns, place.

    `view` is the saved view it stands on and `liked` what the user likes of this type's list;
    what the URL says itself wins over both. What a view asks for and is no longer there is
    left out and told in `left_out`.
    """

    def __init__(
        self, record_type: RecordType, actor: Actor, query: QueryDict, *, view: SavedView | None = None,
        liked: Mapping[str, Any] | None = None, layout: str = "list",
    ) -> None:  # fmt: skip
        self.record_type, self.actor, self.view, self.layout = record_type, actor, view, layout
        self.query, self.liked = query, liked if isinstance(liked, Mapping) else {}
        self.left_out: list[str] = []
        self.is_plain = query.get("view") == PLAIN
        self.base = self._base()
        self.text = query.get("q", "")[:200]
        self.tree: dict[str, Any] = parse_filter(query.get("filter", "")) if "filter" in query else self.base["filter"]
        self.sort = query.get("sort", "") or self.base["sort"]
        asked = query.get("as_of", "") if layout == "list" else ""
        self.at = moment_asked(asked) if asked else None  # as of when it is shown; other layouts know no past
        self.group = "" if self.at else self._groupable(query.get("group", self.base["group"]))
        self.hidden_groups = self._hidden(query)
        self.columns = self._columns(query.get("columns", "")) if "columns" in query else self.base["columns"]
        self.card_names = self._cards(query.get("cards", "").split(",")) if "cards" in query else self.base["cards"]
        self.by = query.get("by", self.base["by"])
        self.on = query.get("on", self.base["on"])
        self.of = query.get("of", self.base["of"])
        self.after, self.before = query.get("after", ""), query.get("before", "")
        self.order = order_for(record_type, self.sort)

    # What the view and the likings say, mended where fields are gone

    def _base(self) -> dict[str, Any]:
        view, settings = self.view, self._settings
        columns = view.columns if view and view.columns else self.liked.get("columns") or []
        return {
            "filter": self._mended(view.filter) if view else {},
            "sort": self._sortable(view.sort if view else str(self.liked.get("sort") or "")),
            "group": self._groupable(view.group if view else "", tells=True),
            "columns": self._kept(columns),
            "cards": self._cards(settings.get("card_fields") if view else self.liked.get("card_fields")),
            "by": str(settings.get("board_by") or ""),
            "on": str(settings.get("calendar_by") or ""),
            "of": str(settings.get("board_of") or ""),
        }

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.view.settings if self.view and isinstance(self.view.settings, Mapping) else {}

    def _mended(self, tree: Any) -> dict[str, Any]:
        """The tree without the conditions that no longer make sense."""
        kept = self._mend(tree)
        return kept if kept else {}

    def _mend(self, tree: Any) -> dict[str, Any] | None:
        if not isinstance(tree, Mapping) or not tree:
            return None
        if "not" in tree:
            inner = self._mend(tree["not"])
            return {"not": inner} if inner else None
        for mode in ("all", "any"):
            if mode in tree and isinstance(tree[mode], list):
                parts = [part for part in map(self._mend, tree[mode]) if part]
                return {mode: parts} if parts else None
        try:
            compile_filter(tree, self.record_type, self.actor)
        except Invalid as error:
            why = next(iter(error.errors.values()), [""])[0]
            self.left_out.append(_("the condition on “%(field)s”: %(why)s") % {"field": tree.get("field"), "why": why})
            return None
        return dict(tree)

    def _sortable(self, sort: str) -> str:
        name = sort.removeprefix("-")
        if not sort or (name in self.record_type.fields and self.record_type.fields[name].is_sortable):
            return sort or self.record_type.sort
        self.left_out.append(_("the order by “%(field)s”") % {"field": name})
        return self.record_type.sort

    def _groupable(self, name: str, *, tells: bool = False) -> str:
        field = self.record_type.fields.get(name)
        if field and can_group(field):
            return name
        if name and tells:
            self.left_out.append(_("the grouping by “%(field)s”") % {"field": name})
        return ""

    def _kept(self, columns: Iterable[Any]) -> list[str]:
        names = [str(name) for name in columns]
        gone = [name for name in names if name not in self.record_type.open_fields]
        if gone:
            self.left_out.append(_("the columns %(names)s") % {"names": ", ".join(gone)})
        return self._columns(",".join(name for name in names if name not in gone))

    def _columns(self, text: str) -> list[str]:
        """Known fields in the order asked for, the title first: a row needs its name."""
        fields = self.record_type.open_fields
        known = [name for name in text.split(",") if name in fields]
        names = known or [name for name in self.record_type.columns if name in fields]
        return list(dict.fromkeys([self.record_type.title, *names]))[:MOST_COLUMNS]

    def _hidden(self, query: QueryDict) -> list[str]:
        """Values whose groups are put away; those of the view only while it is grouped as the view is."""
        kept = self._settings.get("hidden_groups") if self.group and self.group == self.base["group"] else []
        text = query.get("hide", ",".join(map(str, kept)) if isinstance(kept, list) else "")
        return [] if text == NOTHING else list(dict.fromkeys(name for name in text.split(",") if name))[:MOST_HIDDEN]

    def hiding(self, value: str) -> str:
        """The address of this list without one more of its groups."""
        return self.url(hide=",".join([*self.hidden_groups, value or NO_VALUE]))

    @property
    def unhidden_url(self) -> str:
        return self.url(hide=NOTHING)

    def _cards(self, names: Any) -> list[str]:
        """Known fields to show on a board's cards, besides the title; none: what the type shows by itself."""
        wanted = [str(name) for name in names] if isinstance(names, list) else []
        fields, title = self.record_type.open_fields, self.record_type.title
        return [name for name in dict.fromkeys(wanted) if name in fields and name != title][:MOST_CARD_FIELDS]

    # Rows

    @cached_property
    def rows(self) -> Any:
        return rows_matching(self.actor, self.record_type, tree=self.tree, text=self.text)

    @cached_property
    def page(self) -> Page:
        return page_of(self.rows, self.order, after=self.after, before=self.before)

    @cached_property
    def total(self) -> int:
        return int(self.rows.order_by().count())

    @cached_property
    def is_big(self) -> bool:
        """Whether the type has so many rows that the total comes with a second request."""
        key = f"big:{self.record_type.name}"
        found = cache.get(key)
        if found is None:
            some = visible_to(self.actor, self.record_type).select_related(None).order_by()
            found = len(some.values_list("pk")[: BIG + 1]) > BIG
            cache.set(key, found, BIG_SECONDS)
        return bool(found)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.tree or self.text)

    # Looks

    @property
    def density(self) -> str:
        found = self.liked.get("density") or self._settings.get("density")
        return str(found) if found in DENSITIES else "normal"

    @cached_property
    def widths(self) -> dict[str, int]:
        """Pixels per column that somebody has dragged."""
        own = self.liked.get("view_widths")
        found: dict[str, Any] = {}
        sources = [
            self._settings.get("widths"),
            own.get(str(self.view.pk)) if self.view and isinstance(own, Mapping) else self.liked.get("widths"),
        ]
        for source in sources:
            found |= source if isinstance(source, Mapping) else {}
        return {name: max(60, min(800, int(w))) for name, w in found.items() if isinstance(w, int)}

    @property
    def fields(self) -> list[Field]:
        return [self.record_type.fields[name] for name in self.columns]

    def is_wide(self, field: Field) -> bool:
        """Whether a column has no room on a phone, which shows the title and one more that it does not say itself."""
        said = (self.record_type.title, self.record_type.subtitle)
        beside = next((name for name in self.columns if name not in said), "")
        return field.name not in (self.record_type.title, beside)

    @cached_property
    def headers(self) -> list[dict[str, Any]]:
        return [self._header(field) for field in self.fields]

    def _header(self, field: Field) -> dict[str, Any]:
        is_sorted, is_falling = self.sort.removeprefix("-") == field.name, self.sort.startswith("-")
        rising_url, falling_url = self.url(sort=field.name), self.url(sort=f"-{field.name}")
        return {
            "field": field, "name": field.name, "is_numeric": field.is_numeric, "is_wide": self.is_wide(field),
            "url": rising_url if is_falling or not is_sorted else falling_url,
            "rising_url": rising_url, "falling_url": falling_url,
            "group_url": self.url(group=field.name) if can_group(field) else "",
            "width": self.widths.get(field.name, 0),
            "aria_sort": ("descending" if is_falling else "ascending") if is_sorted else "none",
        }  # fmt: skip

    # Addresses

    @cached_property
    def _parts(self) -> dict[str, str]:
        """What the URL must say because the view and the likings do not."""
        base, found = self.base, {"q": self.text}
        if self.tree != base["filter"]:
            found["filter"] = json.dumps(self.tree)
        for name in ("sort", "group", "by", "on", "of"):
            if getattr(self, name) != base[name]:
                found[name] = getattr(self, name)
        if self.columns != base["columns"]:
            found["columns"] = ",".join(self.columns)
        if self.hidden_groups != self._hidden(QueryDict()):
            found["hide"] = ",".join(self.hidden_groups) or NOTHING
        if self.card_names != base["cards"]:
            found["cards"] = ",".join(self.card_names) or NOTHING
        for name in ("span", "day"):
            found[name] = self.query.get(name, "")
        found["as_of"] = self.at.isoformat() if self.at else ""
        return {name: value for name, value in found.items() if value or name in ("filter", "group")}

    @property
    def view_part(self) -> dict[str, str]:
        return {"view": str(self.view.pk)} if self.view else {"view": PLAIN} if self.is_plain else {}

    def url(self, **changes: Any) -> str:
        """This list with some of its parameters changed; the place starts over unless given."""
        asked = self.view_part | self._parts
        if "group" in changes:
            asked.pop("hide", None)
        for name, value in changes.items():
            is_base = name in self.base and value == (
                json.dumps(self.base[name]) if name == "filter" and self.base[name] else self.base[name]
            )
            if is_base or (value in ("", None) and not (name in ("filter", "group") and self.base[name])):
                asked.pop(name, None)
            else:
                asked[name] = "{}" if name == "filter" and not value else value
        return f"?{urlencode(asked)}" if asked else "?"

    @property
    def here(self) -> str:
        """The same rows in another layout."""
        return self.url()

    @property
    def switch_query(self) -> str:
        """The same rows and view in another layout, never bent back by a liking."""
        parts = {name: value for name, value in self._parts.items() if name != "as_of"}
        return f"?{urlencode((self.view_part or {'view': PLAIN}) | parts)}"

    @property
    def plain_query(self) -> str:
        """The rows themselves, for bulk actions and exports: text, filter and order, whatever the view."""
        found = {"q": self.text, "filter": json.dumps(self.tree) if self.tree else "", "sort": self.sort}
        return urlencode({name: value for name, value in found.items() if value})

    @property
    def filter_json(self) -> str:
        return json.dumps(self.tree) if self.tree else ""

    @property
    def own_query(self) -> str:
        """The whole state without the question mark, for addresses of dialogs."""
        return self.url().removeprefix("?")

    @property
    def today_url(self) -> str:
        """The same list as it is now."""
        return self.url(as_of="")

    def url_of(self, row: Any) -> str:
        """Where a row leads: to the record, or, from a list of the past, to the record of then."""
        found = self.record_type.url_of(row)
        return f"{found}past/?{urlencode({'at': self.at.isoformat()})}" if self.at else found

    @property
    def next_url(self) -> str:
        return self.url(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self.url(before=self.page.previous) if self.page.previous else ""

    # The view

    @property
    def is_changed(self) -> bool:
        """Whether what is shown differs from the saved view it stands on."""
        differs = any(name in self._parts for name in KEPT)
        return self.view is not None and (differs or self.layout != self.view.layout)

    @property
    def shape(self) -> dict[str, Any]:
        """What a saved view keeps of this list."""
        settings = {**self._settings, "board_by": self.by, "board_of": self.of, "calendar_by": self.on,
                    "card_fields": self.card_names, "hidden_groups": self.hidden_groups,
                    "widths": self.widths, "density": self.density}  # fmt: skip
        return {
            "filter": self._tree_with_text(), "sort": self.sort, "columns": self.columns, "group": self.group,
            "layout": self.layout, "settings": {name: value for name, value in settings.items() if value},
        }  # fmt: skip

    def _tree_with_text(self) -> dict[str, Any]:
        """A quick search is kept as a condition on the title."""
        if not self.text.strip():
            return self.tree
        found = {"field": self.record_type.title, "op": "contains", "value": self.text.strip()}
        return {"all": [*self.conditions, found]} if self.is_flat else {"all": [self.tree, found]}

    # Conditions

    @property
    def is_flat(self) -> bool:
        return not self.tree or "field" in self.tree or "all" in self.tree

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """The parts of the filter that all must hold, each a chip: conditions, or whole groups."""
        if not self.tree:
            return []
        parts = self.tree.get("all")
        return list(parts) if isinstance(parts, list) else [self.tree]

    @cached_property
    def chips(self) -> list[Chip]:
        reader = Reader(self.record_type, self.tree) if self.tree else None
        return [self._chip(reader, i, part) for i, part in enumerate(self.conditions)] if reader else []

    def _chip(self, reader: Reader, index: int, part: Mapping[str, Any]) -> Chip:
        remove_url = self.url(filter=self.without(index))
        if "field" not in part:
            return Chip("", "", reader.sentence(part), remove_url, index, is_group=True)
        return Chip(reader.label(part), *reader.words(part), remove_url, index)

    def without(self, index: int) -> str:
        rest = [one for i, one in enumerate(self.conditions) if i != index]
        return json.dumps({"all": rest}) if rest else ""

    def with_condition(self, condition: Mapping[str, Any], *, at: int | None = None) -> str:
        """This list with one more condition, or with that one in the place of another."""
        parts = [*self.conditions]
        if at is not None and 0 <= at < len(parts):
            parts[at] = dict(condition)
        else:
            parts.append(dict(condition))
        return self.url(filter=json.dumps({"all": parts}))
