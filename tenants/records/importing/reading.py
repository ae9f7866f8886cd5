"""Rows of a file as values of records: cells parsed, relations found, faults noted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records.fields import Field, Relation
from tenants.records.importing.faults import Fault, faults_of, shown
from tenants.records.importing.formats.base import Row
from tenants.records.importing.parsing import Parsers
from tenants.records.importing.plan import Column, Plan
from tenants.records.importing.resolving import SEVERAL, Links, derived_id, records_behind, uuid_in
from tenants.records.importing.targets import BY_ID, FULL_NAME, ID, pointers, split_name
from tenants.records.importing.values import is_text, raw_value, text_of_cell
from tenants.records.registry import RecordType

MOST_NEW = 20_000


@dataclass
class Item:
    """A row on its way to becoming a record."""

    row: Row
    raws: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    """What stands for relations, the surer one first."""
    values: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def name(self) -> str:
        words = [
            self.values.get(name) or self.raws.get(name) or ""
            for name in ("name", "subject", "first_name", "last_name")
        ]
        return shown(" ".join(str(word) for word in words if word))[:200]


class Reader:
    """Turns rows into items, a batch at a time. In a dry run nothing that is missing is made."""

    def __init__(self, plan: Plan, actor: Actor, *, is_dry: bool, later: Sequence[str] = ()) -> None:
        self.plan, self.actor, self.is_dry, self.later = plan, actor, is_dry, later
        self.record_type = plan.record_type
        self.parsers = Parsers(self.record_type)
        self.known = self.record_type.all_fields if plan.is_whole else self.record_type.fields
        self.matched: Mapping[str, str] = {}
        """Ids of another company's records that were found here by other means, each with the one it has here."""
        self.links: dict[str, Links] = {}
        self.pointers = pointers(self.record_type)
        self.new_links: set[tuple[str, str]] = set()

    def read(self, rows: Iterable[Row]) -> list[Item]:
        self.parsers.renew()
        items = [self._item(row) for row in rows]
        self._find_links(items)
        self._find_pointed(items)
        for item in items:
            if not item.row.problem:
                self._clean(item)
        return items

    def _item(self, row: Row) -> Item:
        item = Item(row)
        if row.problem:
            item.faults.append(Fault("", "", row.problem, _("Mend the row in the file, then import it again.")))
            return item
        for index, column, known, relation in self._columns:
            cell = row.cells[index]
            if not is_text(cell):
                words = _("This value holds half a letter."), _("Type it anew, then import the row again.")
                item.faults.append(Fault(column.header, shown(cell), *words))
                continue
            raw = raw_value(cell, column, known)
            if column.target == FULL_NAME:
                item.raws |= split_name(raw) if raw else {}
            elif relation:
                self._link(item, column.target, relation, raw)
            elif raw is not None or self.plan.is_whole:
                item.raws[column.target] = raw
        return item

    @cached_property
    def _columns(self) -> list[tuple[int, Column, Field | None, str]]:
        """Each mapped column with its place, its field, and the relation it names something of."""
        found = [(index, column, self.plan.targets[column.target].field) for index, column in self.plan.mapped]
        return [(i, column, known, known.name if isinstance(known, Relation) else "") for i, column, known in found]

    def _link(self, item: Item, target: str, name: str, raw: Any) -> None:
        if name in self.later:
            return
        texts = item.links.setdefault(name, [])
        if raw is not None:
            texts.insert(0 if target.endswith(BY_ID) and target != name else len(texts), text_of_cell(raw).strip())

    # Relations

    def _find_links(self, items: list[Item]) -> None:
        names = dict.fromkeys(name for item in items for name in item.links)
        for name in names:
            links = self.links.get(name) or self._links(name)
            links.look_up({text for item in items for text in item.links.get(name, ())})
            if self.plan.creates and links.can_create():
                self._create_missing(links, items, name)
            for item in items:
                if name in item.links:
                    self._settle(item, name, links)

    def _links(self, name: str) -> Links:
        field = self.known[name]
        assert isinstance(field, Relation)
        found = self.links[name] = Links(field, self.actor, is_whole=self.plan.is_whole)
        return found

    def _create_missing(self, links: Links, items: list[Item], name: str) -> None:
        """Make what is named and not there, each once."""
        wanted: dict[str, list[str]] = {}
        for item in items:
            texts = item.links.get(name, ())
            if texts and not item.row.problem and all(links.get(text) is None for text in texts):
                text = next((text for text in texts if not uuid_in(text)), "")
                if text:
                    wanted.setdefault(text.casefold(), []).append(text)
        if self.is_dry:
            self.new_links |= {(name, key) for key in wanted} if len(self.new_links) < MOST_NEW else set()
            links.found |= {text: _Made(text) for texts in wanted.values() for text in texts}
        elif wanted:
            self._make(links, wanted)

    def _make(self, links: Links, wanted: dict[str, list[str]]) -> None:
        from tenants.records import many

        assert links.record_type
        record_type, rows, keys = links.record_type, [], []
        start = first_values(record_type, self.actor)
        for key, texts in wanted.items():
            try:
                rows.append(start | record_type.clean(links.values_for(texts[0]), creating=True))
                keys.append(key)
            except Invalid:  # too long for a name: the row is told that there is none of this name
                continue
        outcomes = many.create_records(record_type=record_type, rows=rows, by=self.actor)
        for key, outcome in zip(keys, outcomes, strict=True):
            if isinstance(outcome, many.Written):
                links.found |= dict.fromkeys(wanted[key], outcome.record)

    def _settle(self, item: Item, name: str, links: Links) -> None:
        """Put the record in the place of what stands for it, or say why there is none."""
        texts = item.links[name]
        found = next((one for text in texts if (one := links.get(text)) not in (None, SEVERAL)), None)
        if found is not None:
            if not isinstance(found, _Made):
                item.raws[name] = found
            return
        if not texts:
            if self.plan.is_whole:
                item.raws[name] = None
            return
        if links.field.kind == "user" and self.plan.owners != "error":
            item.raws[name] = str(self.actor.user_id) if self.plan.owners == "me" and self.actor.user_id else None
            return
        if not (self.is_dry and self.plan.is_whole):  # what it points at comes with the same file
            item.faults.append(Fault(self.plan.header_for(name), shown(texts[-1]), *links.why_not(texts[-1])))

    def _find_pointed(self, items: list[Item]) -> None:
        """Ids of what a task or activity is about, where they are those of another company."""
        for name, type_field in self.pointers.items():
            by_type: dict[str, set[UUID]] = {}
            for item in items:
                given = uuid_in(item.raws.get(name) or "")
                if given:
                    by_type.setdefault(str(item.raws.get(type_field) or ""), set()).add(given)
            known = {one: found for kind, ids in by_type.items() for one, found in records_behind(kind, ids).items()}
            for item in items:
                given = uuid_in(item.raws.get(name) or "")
                item.raws |= {name: known[given]} if given in known else {}
                if given not in known and str(given) in self.matched:
                    item.raws[name] = UUID(self.matched[str(given)])

    # Values

    def _clean(self, item: Item) -> None:
        raws = dict(item.raws)
        given = raws.pop(ID, None)
        beside = [name for name in raws if name not in self.parsers.writable]
        kept_raws = {name: raws.pop(name) for name in beside}
        try:
            item.values = self.parsers.clean(raws)
        except Invalid as error:
            item.faults += faults_of(self.plan, error.errors, raws)
        except DomainError as error:
            item.faults.append(Fault(error.field, "", str(error.detail), str(error.fix)))
        if uuid_in(given or ""):
            item.values[ID] = given
        elif given:
            words = _("Write the id as it was exported, or map the column to External id.")
            item.faults.append(Fault(self.plan.header_for(ID), shown(given), _("This is no record id."), words))
        if self.plan.is_whole and not item.faults:
            self._keep(item, kept_raws)

    def _keep(self, item: Item, raws: dict[str, Any]) -> None:
        """What a record was, in full: written as it is after the rules have had their say."""
        kept = {name: value for name, value in item.values.items() if name != ID}
        for name, raw in raws.items():
            try:
                kept[name] = self.known[name].parse(raw)
            except ValidationError as error:
                item.faults += faults_of(self.plan, {name: list(error.messages)}, raws)
            if isinstance(kept.get(name), UUID) and name not in self.pointers:  # a group called by one of its records
                kept[name] = derived_id(kept[name])
        item.kept = {name: value for name, value in kept.items() if name != "created_at" or value}


def first_values(record_type: RecordType, actor: Actor, fixed: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What every new record of a type starts with."""
    given = {
        name: value
        for name, value in {**record_type.initial(actor), **(fixed or {})}.items()
        if value not in (None, "")
    }
    return record_type.clean(given, creating=False)


class _Made:
    """Stands, in a dry run, for a record that the import would make."""

    def __init__(self, text: str) -> None:
        self.text = text
