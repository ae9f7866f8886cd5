"""Rows for programs: read as plain columns, given as the API's own shapes.

No model instances are made: for a page of fifty they would be most of the work.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.fields import Field, Relation, mask_of
from tenants.records.fields.confidential import IS_SET
from tenants.records.paging import PAGE_SIZE, Order, Page, cursor_of, first_stretch, page_of
from tenants.records.queries import masked, require, seen_of, visible_to
from tenants.records.registry import RecordType, type_of
from tenants.records.sight import VIEW, sight
from tenants.records.statements import ANY_ID, Statement

ALWAYS = ("id", "version", "external_id", "custom")
MOST_READERS = 2_000  # the fields of a company's own give it readers of its own
Part = Callable[[tuple[Any, ...]], Any]


class Reader:
    """Reads rows of a type with some of its fields. `names` empty means all of them."""

    def __init__(self, record_type: RecordType, names: Iterable[str] = (), masked: Iterable[str] = ()) -> None:
        self.record_type = record_type
        self.masked = frozenset(masked)
        known = record_type.fields
        wanted = list(names)
        if unknown := [name for name in wanted if name not in known and name not in ALWAYS]:
            raise Invalid({"fields": [f"There is no field {', '.join(unknown)}. Known: {', '.join(known)}."]})
        chosen = set(wanted)
        self.fields = {name: field for name, field in known.items() if not chosen or name in chosen}

    @classmethod
    def of(cls, record_type: RecordType, names: Iterable[str] = ()) -> "Reader":
        """A reader that was made before, while the type has the same fields. Limited fields are the permit's own."""
        fields = record_type.fields
        actor = context.actor()
        closed = masked(actor, record_type)
        readers = _readers if fields is record_type.known_fields else actor.permit.kept
        key = ("" if fields is record_type.own_fields else context.place().salt, record_type.name, closed, *names)
        kept = readers.get(key)
        if kept is None or kept[0] is not fields:
            if len(readers) > MOST_READERS:
                readers.clear()
            kept = readers[key] = (fields, cls(record_type, names, closed))
        return kept[1]

    @cached_property
    def columns(self) -> list[str]:
        found = list(ALWAYS)
        for field in self.fields.values():
            found += columns_of(field)
        return list(dict.fromkeys([*found, *sorted(self.masked)]))

    @cached_property
    def plain(self) -> tuple[list[str], Callable[[tuple[Any, ...]], tuple[Any, ...]]]:
        """The names that are columns as they stand, and what takes their values out of a row at once."""
        at = self._at
        found = {"id": at["id"], "version": at["version"], "external_id": at["external_id"]}
        found |= {name: at[field.path] for name, field in self.fields.items() if _is_plain(field)}
        return list(found), itemgetter(*found.values())

    @cached_property
    def parts(self) -> list[tuple[str, Part]]:
        """How each relation is made from a row's columns."""
        linked = ((name, field) for name, field in self.fields.items() if not field.is_custom and not _is_plain(field))
        return [(name, self._reference(field)) for name, field in linked]

    def _reference(self, field: Field) -> Part:
        """Id and name; None where it points nowhere, or to what the actor may not see."""
        at = self._at
        first, *names = (at[column] for column in columns_of(field))
        mask = at[mask_of(field.name)] if mask_of(field.name) in self.masked else None

        def reference(row: tuple[Any, ...]) -> Any:
            if row[first] is None or (mask is not None and not row[mask]):
                return None
            for index in names:
                if row[index]:
                    return {"id": row[first], "name": row[index]}
            return {"id": row[first], "name": ""}

        return reference

    @property
    def _at(self) -> dict[str, int]:
        return {column: index for index, column in enumerate(self.columns)}

    @cached_property
    def custom(self) -> dict[str, Field]:
        return {field.key: field for field in self.fields.values() if field.is_custom}

    def rows(self, found: "QuerySet[Any]", more: Sequence[str] = ()) -> "QuerySet[Any]":
        return found.values_list(*self.columns, *more)

    def page(self, found: "QuerySet[Any]", order: Order, *, after: str, limit: int = PAGE_SIZE) -> Page:
        """A page whose items are dictionaries."""
        rows = self.rows(found, self._more(order))
        page = page_of(rows, order, after=after, limit=limit, place_of=partial(self._place, order))
        return Page(self.dictionaries(page.items), page.next, page.previous)

    def first_page(self, order: Order, actor: Actor, *, limit: int = PAGE_SIZE) -> Page:
        """The first page of everything the actor may see, by a kept statement."""
        require(actor, VIEW, self.record_type.name)
        kept = self._statements(actor)
        key = order.field.name, order.is_descending, limit
        if key not in kept:
            rows_of = self.rows(visible_to(actor, self.record_type), self._more(order))
            kept[key] = Statement(first_stretch(rows_of, order, limit))
        rows = kept[key].rows()
        items = rows[:limit]
        if len(rows) > limit:
            return Page(self.dictionaries(items), cursor_of(*self._place(order, items[-1])))
        if order.field.is_nullable:  # those without a value of the sort field may follow
            return self.page(visible_to(actor, self.record_type), order, after="", limit=limit)
        return Page(self.dictionaries(items), None)

    def one(self, record_id: UUID, actor: Actor) -> dict[str, Any] | None:
        """One record that the actor may see."""
        require(actor, VIEW, self.record_type.name)
        kept = self._statements(actor)
        if "" not in kept:
            kept[""] = Statement(self.rows(visible_to(actor, self.record_type).filter(pk=ANY_ID)))
        rows = kept[""].rows(record_id)
        return self.dictionaries(rows)[0] if rows else None

    @staticmethod
    def _more(order: Order) -> list[str]:
        return [] if order.field.is_custom else [order.field.sort_path]

    def _place(self, order: Order, row: tuple[Any, ...]) -> tuple[Any, Any]:
        """Sort value and id of a row."""
        return (order.field.place(row[3]) if order.field.is_custom else row[len(self.columns)]), row[0]

    def _statements(self, actor: Actor) -> dict[Any, Statement]:
        """Statements by order and limit; of one record under no name.

        Everybody who sees all has the same ones. Those of others live as long as their permit; a key that is
        narrower than its maker has its own.
        """
        if actor.permit.user_id is None or (not self.masked and sight(actor, self.record_type) is None):
            return self._of_all
        targets = (type_of(self.record_type.relation(name).target) for name in self.record_type.relations)
        open_types = tuple(actor.may(VIEW, target.name) for target in targets if target)
        found: dict[Any, Statement] = actor.permit.kept.setdefault((self, open_types), {})
        return found

    @cached_property
    def _of_all(self) -> dict[Any, Statement]:
        return {}

    def dictionaries(self, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        links = self._links(rows)
        return [self._dictionary(row, links) for row in rows]

    def _dictionary(self, row: tuple[Any, ...], links: dict[str, Any]) -> dict[str, Any]:
        names, values_of = self.plain
        found: dict[str, Any] = dict(zip(names, values_of(row), strict=True))
        for name, part in self.parts:
            found[name] = part(row)
        found["custom"] = self._custom_of(row[3], links)
        return found

    def _custom_of(self, stored: dict[str, Any], links: dict[str, Any]) -> dict[str, Any]:
        if self._is_simple and stored.keys() <= self.custom.keys():
            return stored
        return {key: _told(field, stored[key], links) for key, field in self.custom.items() if key in stored}

    @cached_property
    def _is_simple(self) -> bool:
        """Whether no field of the company's own points anywhere, or hides what it holds."""
        return not any(field.is_secret or isinstance(field, Relation) for field in self.custom.values())

    def _links(self, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
        """What custom relations point at, by id as text: one query for each kind of target."""
        found: dict[str, Any] = {}
        wanted: dict[type[Model], set[str]] = {}
        for key, field in () if self._is_simple else self.custom.items():
            if isinstance(field, Relation):
                wanted.setdefault(field.target, set()).update(row[3][key] for row in rows if row[3].get(key))
        for target, ids in wanted.items():
            if ids:
                for one in seen_of(target, ids):
                    found[str(one.pk)] = {"id": one.pk, "name": str(one)}
        return found


_readers: dict[Any, tuple[Any, Reader]] = {}


def _told(field: Field, stored: Any, links: dict[str, Any]) -> Any:
    """What a program is given of a value in `custom`."""
    if field.is_secret:
        return IS_SET
    return links.get(stored) if isinstance(field, Relation) else stored


def columns_of(field: Field) -> list[str]:
    """The columns a field is read from; a relation brings the name of what it points at."""
    if field.is_custom:
        return []
    if isinstance(field, Relation):
        return [field.source.attname, *(f"{field.name}__{column}" for column in name_columns(field.target))]
    return [field.path]


def name_columns(target: type[Model]) -> tuple[str, ...]:
    """What the name of a row is read from; the first that is filled is its name."""
    title = getattr(target, "title_field", "")
    return (title,) if title else tuple(getattr(target, "text_fields", ("name",)))


def _is_plain(field: Field) -> bool:
    return not field.is_custom and not isinstance(field, Relation)


def expanded(record_type: RecordType, items: list[dict[str, Any]], names: Iterable[str], actor: Actor) -> None:
    """Put whole records in the place of references, as far as the actor may see them: a query for each name."""
    for name in names:
        field = record_type.fields.get(name)
        target = type_of(field.target) if isinstance(field, Relation) and not field.is_custom else None
        if not target:
            known = [n for n, f in record_type.own_fields.items() if isinstance(f, Relation) and type_of(f.target)]
            raise Invalid({"expand": [f"Expand some of: {', '.join(known)}."]})
        ids = {item[name]["id"] for item in items if item.get(name)}
        reader = Reader.of(target)
        rows = reader.rows(visible_to(actor, target).filter(pk__in=ids)) if ids else []
        whole = {one["id"]: one for one in reader.dictionaries(list(rows))}
        for item in items:
            if item.get(name):
                item[name] = {**item[name], **whole.get(item[name]["id"], {})}
