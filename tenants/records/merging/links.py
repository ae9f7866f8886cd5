"""Everything that can point at a record, found in the models: nothing has to be listed by hand.

- foreign keys and one-to-ones of any model;
- pairs of columns `<x>_type`, `<x>_id` of any model, like `record_type`, `record_id` of
  notes or `about_type`, `about_id` of tasks; a name kept beside them (`<x>_name`) follows;
- the company's own relation fields, whose ids stand in `custom`.

A model whose pointers must stay where they are says `merges_leave = True`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from tenants.kernel.actors import Actor
from tenants.records.changes import write_history
from tenants.records.models import Change, CustomField, Event
from tenants.records.registry import RecordType, record_types, type_of

Moved = dict[str, Any]
"""One link's part of a merge, as `Merge.moved` keeps it."""
STAYS: tuple[type[models.Model], ...] = (Change, Event)
"""History is about the record it was written for, and is read along; events are told once."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A column that points at records of a type. `kind` is the column of the type's name, if it has one."""

    model: type[models.Model]
    column: str
    kind: str = ""
    title: str = ""
    """The column of the target's last known name."""
    key: str = ""
    """In `custom`, for a company's own field."""

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{f'custom.{self.key}' if self.key else self.column}"

    @cached_property
    def field(self) -> "models.Field[Any, Any]":
        return next(one for one in self.model._meta.concrete_fields if one.attname == self.column)

    @cached_property
    def is_unique(self) -> bool:
        """Whether two rows may clash when both point at the kept record."""
        if self.key:
            return False
        name, meta = self.field.name, self.model._meta
        named = [set(one.fields) | _expressed(one) for one in meta.total_unique_constraints]
        rules = [one for one in meta.constraints if isinstance(one, models.UniqueConstraint)]
        named += [set(one.fields) | _expressed(one) for one in rules]
        named += [set(one) for one in meta.unique_together]
        return self.field.unique or any({name, self.column} & one for one in named)

    def rows(self, ids: Sequence[UUID], record_type: RecordType) -> "QuerySet[Any]":
        """Rows that point at one of these, in the bin or not."""
        found = self.model._base_manager.using("default").order_by()
        if self.key:
            wanted = models.Q()
            for one in ids:
                wanted |= models.Q(custom__contains={self.key: str(one)})
            return found.filter(wanted)
        if self.kind:
            found = found.filter(**{self.kind: record_type.name})
        return found.filter(**{f"{self.column}__in": list(ids)})

    def move(self, record_type: RecordType, kept: Any, ids: Sequence[UUID]) -> Moved | None:
        """Point the rows at the kept record. What would clash with a row of its own stays behind."""
        rows = self.rows(ids, record_type)
        if self.model is record_type.model:
            rows = rows.exclude(pk__in=[kept.pk, *ids])
        found = [self._noted(row) for row in rows.values(*self._read)]
        if not found:
            return None
        left = self._write(found, kept)
        moved = [one for one in found if one["pk"] not in left]
        return {"link": self.name, "to": str(kept.pk), "rows": moved, "left": sorted(left)}

    @property
    def _read(self) -> list[str]:
        return ["pk", "custom" if self.key else self.column, *([self.title] if self.title else [])]

    def _noted(self, row: dict[str, Any]) -> dict[str, Any]:
        old = row["custom"][self.key] if self.key else str(row[self.column])
        return {"pk": str(row["pk"]), "old": old} | ({"title": row[self.title]} if self.title else {})

    def _write(self, found: list[dict[str, Any]], kept: Any) -> set[str]:
        """Write them; the keys of rows that clash."""
        pks = [one["pk"] for one in found]
        if not self.is_unique:
            self._point(pks, str(kept.pk), str(kept))
            return set()
        return {pk for pk in pks if not self._fits(pk, kept)}

    def _fits(self, pk: str, kept: Any) -> bool:
        try:
            with transaction.atomic():
                self._point([pk], str(kept.pk), str(kept))
        except IntegrityError:
            return False
        return True

    def _point(self, pks: Sequence[str], to: str | None, title: str) -> int:
        rows = self.model._base_manager.filter(pk__in=pks)
        if self.key:
            value = models.Value(to, models.JSONField())
            return rows.update(custom=_set_key(self.key, value))
        values: dict[str, Any] = {self.column: to}
        if self.title:
            values[self.title] = title[: self._longest_title]
        return rows.update(**values)

    @cached_property
    def _longest_title(self) -> int | None:
        return next(one.max_length for one in self.model._meta.concrete_fields if one.name == self.title)

    def put_back(self, moved: Moved) -> list[str]:
        """Point rows where they pointed, if they still point at the kept one: the keys of those."""
        by_target: dict[tuple[str, str], list[str]] = {}
        for one in moved["rows"]:
            by_target.setdefault((one["old"], one.get("title", "")), []).append(one["pk"])
        back: list[str] = []
        for (old, title), pks in by_target.items():
            there = self._still_there(pks, moved["to"])
            self._point(there, old, title)
            back += there
        return back

    def _still_there(self, pks: Sequence[str], to: str | None) -> list[str]:
        rows = self.model._base_manager.filter(pk__in=pks)
        if self.key:
            rows = rows.filter(custom__contains={self.key: to})
        else:
            rows = rows.filter(**{f"{self.column}__isnull": True} if to is None else {self.column: to})
        return [str(pk) for pk in rows.values_list("pk", flat=True)]


def tell_moved(link: Link, moved: Moved, names: Mapping[str, str], by: Actor, *, is_back: bool = False) -> None:
    """History of the records that point elsewhere after a merge, or, with `is_back`, where they pointed before it.

    `names` are those of the records by id, as far as they are known.
    """
    record_type = type_of(link.model)
    name = f"custom.{link.key}" if link.key else link.field.name
    if not record_type or name not in record_type.all_fields:
        return
    told = []
    for row in moved["rows"]:
        if row["pk"] not in moved["left"]:
            pairs = _pairs_of(link, name, row, moved["to"], names)
            told.append((UUID(row["pk"]), {n: [*reversed(pair)] if is_back else pair for n, pair in pairs.items()}))
    write_history(record_type, told, by=by)


def _pairs_of(
    link: Link, name: str, row: Mapping[str, Any], to: str | None, names: Mapping[str, str]
) -> dict[str, list[Any]]:
    if not link.kind:
        return {name: [_told(row["old"], names), _told(to, names)]}
    titles = {link.title: [row["title"], names.get(to or "", "")]} if link.title else {}
    return {name: [row["old"], to]} | titles


def _told(record_id: str | None, names: Mapping[str, str]) -> Any:
    return {"id": record_id, "name": names.get(record_id, "")} if record_id else None


def _expressed(constraint: Any) -> set[str]:
    """Names in a constraint made of expressions."""
    found = [one for made in getattr(constraint, "expressions", ()) for one in made.flatten()]
    return {str(one.name) for one in found if isinstance(one, models.F)}  # type: ignore[attr-defined]


def _set_key(key: str, value: Any) -> models.Func:
    path = models.Value("{%s}" % key)  # noqa: UP031 - braces of PostgreSQL's path; a key is a slug
    return models.Func(
        models.F("custom"), path, value, function="jsonb_set",
        template="%(function)s(%(expressions)s)", output_field=models.JSONField(),
    )  # fmt: skip


def links_to(record_type: RecordType) -> list[Link]:
    """All columns of the house that may point at records of this type."""
    return [*_keys(record_type.model), *_pairs(), *_own_fields(record_type)]


def _keys(model: type[models.Model]) -> Iterator[Link]:
    for relation in model._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield Link(model=relation.related_model, column=relation.field.attname)  # type: ignore[arg-type, union-attr]


def _pairs() -> Iterator[Link]:
    for model in apps.get_models():
        if not _is_a_company_s(model) or model in STAYS or getattr(model, "merges_leave", False):
            continue
        names = {one.name: one for one in model._meta.concrete_fields}
        for name, field in names.items():
            stem = name.removesuffix("_id")
            if isinstance(field, models.UUIDField) and name != stem and f"{stem}_type" in names:
                title = f"{stem}_name" if f"{stem}_name" in names else ""
                yield Link(model=model, column=name, kind=f"{stem}_type", title=title)


def _is_a_company_s(model: type[models.Model]) -> bool:
    """In every company's schema, with a key of its own: a row whose key is the pointer is made anew."""
    is_keyed = not isinstance(model._meta.pk, models.CompositePrimaryKey)
    return is_keyed and model._meta.app_config.name in settings.TENANT_APPS and model._meta.managed


def _own_fields(record_type: RecordType) -> Iterator[Link]:
    types = {one.name: one for one in record_types()}
    for field in CustomField.objects.filter(kind="relation", options__target=record_type.name):
        if field.record_type in types:
            yield Link(model=types[field.record_type].model, column="custom", key=field.key)


def mend_circles(
    record_type: RecordType, kept: Any, ids: Sequence[UUID], names: Mapping[str, str], by: Actor
) -> list[Moved]:
    """A kept record must not lead to itself: where its own parent is one of the merged, or leads back, it has none."""
    found = []
    for link in _keys(record_type.model):
        if link.model is not record_type.model or not link.field.null:
            continue
        parent = record_type.model._base_manager.values_list(link.column, flat=True).get(pk=kept.pk)
        if parent and (parent in ids or _leads_to(link, parent, kept.pk)):
            link._point([str(kept.pk)], None, "")
            moved = {"link": link.name, "to": None, "rows": [{"pk": str(kept.pk), "old": str(parent)}], "left": []}
            tell_moved(link, moved, names, by)
            found.append(moved)
    return found


def _leads_to(link: Link, start: UUID, goal: UUID) -> bool:
    """Whether parents from `start` upwards come to `goal`."""
    seen: set[UUID] = set()
    at: UUID | None = start
    while at and at not in seen:
        if at == goal:
            return True
        seen.add(at)
        at = link.model._base_manager.values_list(link.column, flat=True).filter(pk=at).first()
    return False


def counts_of(record_type: RecordType, ids: Sequence[UUID]) -> list[tuple[str, int]]:
    """What a merge of these would move: (notes, 3), (deals, 2), the most first."""
    found: dict[str, int] = {}
    for link in links_to(record_type):
        rows = link.rows(ids, record_type)
        if link.model is record_type.model:
            rows = rows.exclude(pk__in=ids)
        if count := rows.count():
            found[link.label] = found.get(link.label, 0) + count
    return sorted(found.items(), key=lambda one: -one[1])
