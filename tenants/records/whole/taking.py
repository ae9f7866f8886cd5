"""Bringing in rows of a table that hangs on records: like an import of records, without rules, history or events."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records.copying import copy_in, keep_age
from tenants.records.importing.faults import Fault, faults_of
from tenants.records.importing.formats.base import Row
from tenants.records.importing.plan import Plan
from tenants.records.importing.reading import Item, Reader
from tenants.records.importing.resolving import derived_id, records_behind, uuid_in
from tenants.records.importing.targets import ID, self_relations
from tenants.records.importing.working import ABSENT, FAILED, UNCHANGED, Result
from tenants.records.queries import require
from tenants.records.whole.here import Here
from tenants.records.whole.tables import POINTER, Table, people_of


@dataclass
class Ready:
    """A row of the file as a row of the table; `known` is the one that stands here already."""

    item: Item
    candidate: Any
    known: Any = None


class TableImporter:
    """Takes batches of rows in the order of the file, as `Importer` does."""

    def __init__(self, plan: Plan, actor: Actor, here: Here, *, is_dry: bool = False) -> None:
        require(actor, "edit", "settings")
        assert isinstance(plan.record_type, Table)
        self.plan, self.actor, self.here, self.is_dry = plan, actor, here, is_dry
        self.table: Table = plan.record_type
        self.reader = Reader(plan, actor, is_dry=is_dry)
        self.reader.matched = here.matched
        self.people = people_of(self.table)
        self.matched: dict[str, str] = {}

    def take(self, rows: Sequence[Row]) -> list[Result]:
        """Results in the order of the rows."""
        results: dict[int, Result] = {}
        for wave in self._waves(rows):
            results |= self._wave(self.reader.read(wave))
        return [results[row.number] for row in rows]

    def remember(self, rows: Iterable[Row]) -> None:
        """Rows that another worker took need no second look: each has an id of its own."""

    def _waves(self, rows: Sequence[Row]) -> Iterator[list[Row]]:
        """What points at rows of the same table comes after those."""
        places = {column.target: place for place, column in self.plan.mapped}
        parents = [places[f"{name}_id"] for name in self_relations(self.table) if f"{name}_id" in places]
        if not parents or ID not in places:
            yield list(rows)
            return
        waiting = list(rows)
        while waiting:
            ids = {str(row.cells[places[ID]]) for row in waiting if not row.problem}
            ready = [r for r in waiting if r.problem or all(str(r.cells[place]) not in ids for place in parents)]
            yield ready or waiting
            waiting = [row for row in waiting if row not in ready] if ready else []

    def _wave(self, items: Sequence[Item]) -> dict[int, Result]:
        results: dict[int, Result] = {}
        lost = self._lost(items)
        ready: list[Ready] = []
        for item in items:
            if item.row.number in lost:
                results[item.row.number] = Result(item.row, ABSENT, item.name, message=lost[item.row.number])
            elif item.faults:
                results[item.row.number] = Result(item.row, FAILED, item.name, faults=item.faults)
            else:
                ready.append(Ready(item, self._candidate(item)))
        self._find_known(ready)
        fit = [one for one in ready if self._fits(one, results)]
        return results | self._new([one for one in fit if not one.known]) | self._old([one for one in fit if one.known])

    # What a row speaks of

    def _lost(self, items: Sequence[Item]) -> dict[int, str]:
        """Rows of records or people that are not here, each with the reason."""
        lost: dict[int, str] = {}
        for item in items:
            for name in self.people:
                texts = item.links.get(name, ())
                if texts and item.raws.get(name) is None:
                    lost[item.row.number] = _("%(who)s is not in this company.") % {"who": texts[-1]}
        if self.is_dry or self.table.parent != POINTER:  # a look ahead writes no records that rows could belong to
            return lost
        pointed = [(item, str(item.raws.get("record_type") or ""), uuid_in(item.raws.get(POINTER))) for item in items]
        known: dict[str, dict[Any, Any]] = {}
        for name in {kind for _item, kind, _id in pointed}:
            known[name] = records_behind(name, [one for _item, kind, one in pointed if one and kind == name])
        for item, kind, given in pointed:
            if not item.row.problem and given not in known[kind]:
                lost[item.row.number] = _("The record it belongs to is not here.")
        return lost

    def _candidate(self, item: Item) -> Any:
        given = uuid_in(item.values.get(ID) or "")
        row = self.table.model(id=derived_id(given)) if given else self.table.model()
        for name in self.table.columns:
            if name in item.kept:
                self.table.fields[name].assign(row, item.kept[name])
        return row

    def _find_known(self, ready: Sequence[Ready]) -> None:
        """By id, as it is or as it became here; else by the table's keys."""
        model = self.table.model
        ids = {one.candidate.pk: uuid_in(one.item.values.get(ID) or "") for one in ready}
        by_id = model._default_manager.in_bulk([one for pair in ids.items() for one in pair if one])
        for one in ready:
            one.known = by_id.get(ids[one.candidate.pk]) or by_id.get(one.candidate.pk)
        rest = [one for one in ready if not one.known]
        if not rest or not self.table.keys:
            return
        candidates = self.table.candidates([one.candidate for one in rest])
        by_key = {self.table.key_of(row): row for row in candidates}
        for one in rest:
            one.known = by_key.get(self.table.key_of(one.candidate))
            if one.known and ids[one.candidate.pk]:
                self.matched[str(ids[one.candidate.pk])] = str(one.known.pk)

    def _fits(self, one: Ready, results: dict[int, Result]) -> bool:
        try:
            self.table.fill(one.candidate, self.here)
            if one.known:
                self.table.check_change(one.known, one.candidate)
        except DomainError as error:
            results[one.item.row.number] = self._failed(one.item, error)
            return False
        return True

    # Writing

    def _new(self, ready: Sequence[Ready]) -> dict[int, Result]:
        results: dict[int, Result] = {}
        stored: list[Ready] = []
        for one in ready:
            try:
                if not self.is_dry:
                    self.table.store(one.candidate, str(one.item.values.get(ID) or ""), self.here)
                stored.append(one)
            except Invalid as error:
                results[one.item.row.number] = self._failed(one.item, error)
        return results | (self._insert(stored) if not self.is_dry else _told(stored, "created"))

    def _insert(self, ready: Sequence[Ready]) -> dict[int, Result]:
        """All at once; where the database refuses, halves, until the row at fault stands alone."""
        if not ready:
            return {}
        rows = [one.candidate for one in ready]
        try:
            with transaction.atomic():
                self.table.before_new(rows)
                copy_in(rows)
                ages = [(one.candidate, one.item.kept["created_at"]) for one in ready if "created_at" in one.item.kept]
                keep_age(self.table.model, ages)
                self.table.written(rows, self.actor)
            return _told(ready, "created")
        except IntegrityError:
            if len(ready) == 1:
                fault = Fault("", "", _("The database refused this row: it does not go with what is here."), "")
                return {ready[0].item.row.number: Result(ready[0].item.row, FAILED, faults=[fault])}
        middle = len(ready) // 2
        return self._insert(ready[:middle]) | self._insert(ready[middle:])

    def _old(self, ready: Sequence[Ready]) -> dict[int, Result]:
        changed: list[Ready] = []
        same: list[Ready] = []
        for one in ready:
            names = self._differing(one)
            if names and not self.is_dry:
                self.table.write_over(one.known, one.candidate, names, self.actor)
            (changed if names else same).append(one)
        if changed and not self.is_dry:
            self.table.written([one.known for one in changed], self.actor)
        return _told(changed, "updated") | _told(same, UNCHANGED)

    def _differing(self, one: Ready) -> list[str]:
        """Columns in which the row of the file is another than the one here."""
        sources = [self.table.fields[name].source for name in self.table.columns if name in one.item.kept]
        pairs = ((f.name, f.attname) for f in sources)
        return [name for name, column in pairs if getattr(one.candidate, column) != getattr(one.known, column)]

    def _failed(self, item: Item, error: DomainError) -> Result:
        if isinstance(error, Invalid):
            return Result(item.row, FAILED, item.name, faults=faults_of(self.plan, error.errors, item.raws))
        return Result(item.row, FAILED, item.name, faults=[Fault(error.field, "", str(error.detail), str(error.fix))])


def _told(ready: Sequence[Ready], verdict: str) -> dict[int, Result]:
    return {one.item.row.number: Result(one.item.row, verdict, one.item.name) for one in ready}
