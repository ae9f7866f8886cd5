"""One batch of rows: what becomes of each, and the writing of it. A preview goes the same way, without the writing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.context import current
from tenants.kernel.errors import Invalid
from tenants.records import many
from tenants.records.changes import is_new
from tenants.records.importing.faults import Fault, faults_of, shown
from tenants.records.importing.formats.base import Row
from tenants.records.importing.matching import key_of, records_by_key
from tenants.records.importing.plan import Plan
from tenants.records.importing.reading import Item, Reader, first_values
from tenants.records.importing.resolving import derived_id, uuid_in
from tenants.records.importing.targets import ID, file_links, self_relations
from tenants.records.models import Change
from tenants.records.queries import require

WRITES = ("created", "updated")
DUPLICATE, UNCHANGED, ABSENT, FAILED = "duplicates", "unchanged", "absent", "failed"


@dataclass
class Result:
    """What became, or would become, of a row."""

    row: Row
    verdict: str
    name: str = ""
    record_id: Any = None
    message: str = ""
    faults: list[Fault] = field(default_factory=list)


class Importer:
    """Takes batches of rows in the order of the file. Remembers the keys it met, eight bytes and a slot for each."""

    def __init__(self, plan: Plan, actor: Actor, *, is_dry: bool = False) -> None:
        self.plan, self.actor, self.is_dry = plan, actor, is_dry
        self.record_type = plan.record_type
        self.files = tuple(n for n in file_links(self.record_type) if plan.is_whole and self._maps(n))
        self.later = tuple(n for n in self_relations(self.record_type) if plan.keys and self._maps(n)) + self.files
        self.reader = Reader(plan, actor, is_dry=is_dry, later=self.later)
        self.seen: set[int] = set()
        self.matched: dict[str, str] = {}
        """Ids of another company, each with that of the record which another key found."""
        for verb, mode in (("create", "update"), ("edit", "create")):
            if plan.mode != mode:
                require(actor, verb, self.record_type.name)

    def _maps(self, name: str) -> bool:
        return any(column.target in (name, f"{name}_id") for column in self.plan.columns)

    def take(self, rows: Sequence[Row]) -> list[Result]:
        """Results in the order of the rows."""
        items = self.reader.read(rows)
        results: dict[int, Result] = {}
        again: list[Item] = []
        fresh: list[Item] = []
        for item in items:
            if item.faults:
                results[id(item)] = _failed(item)
            elif not self._is_repeated(item):
                fresh.append(item)
            elif self.plan.repeats == "update" and self.plan.mode != "create":
                again.append(item)
            else:
                results[id(item)] = Result(
                    item.row, DUPLICATE, item.name, message=_("The same as an earlier row of this file.")
                )
        for group in (fresh, *([one] for one in again)):
            results |= self._write(group, is_again=group is not fresh)
        return [results[id(item)] for item in items]

    def remember(self, rows: Iterable[Row]) -> None:
        """Meet the keys of rows that were taken before this worker came."""
        for item in self.reader.read(rows):
            if not item.faults:
                self._is_repeated(item)

    def _is_repeated(self, item: Item) -> bool:
        keys = ((key, key_of(self.record_type, key, item.values)) for key in self.plan.keys)
        marks = {hash((key, value)) for key, value in keys if value is not None}
        is_known = not marks.isdisjoint(self.seen)
        self.seen |= marks
        return is_known

    # Writing

    def _write(self, items: Sequence[Item], *, is_again: bool) -> dict[int, Result]:
        results: dict[int, Result] = {}
        known = self._known(items, results)
        news = [item for item in items if id(item) not in known and id(item) not in results]
        if is_again and self.is_dry:  # the earlier row would be there by now
            return (
                results
                | {id(item): Result(item.row, "updated", item.name) for item in news}
                | self._update(items, known)
            )
        return results | self._create(news) | self._update(items, known)

    def _known(self, items: Sequence[Item], results: dict[int, Result]) -> dict[int, Any]:
        """The record of each row that has one, by the first key that finds it."""
        found: dict[int, Any] = {}
        for key in self.plan.keys:
            asked = {
                id(i): key_of(self.record_type, key, i.values)
                for i in items
                if id(i) not in found and id(i) not in results
            }
            wanted = list(dict.fromkeys(value for value in asked.values() if value is not None))
            rows = records_by_key(self.record_type, key, wanted, self.actor)
            for item in items:
                matches = rows.get(asked[id(item)], []) if asked.get(id(item)) is not None else []  # type: ignore[arg-type]
                if len(matches) == 1:
                    found[id(item)] = matches[0]
                    if key != ID and item.values.get(ID):
                        self.matched[str(item.values[ID])] = str(matches[0].pk)
                elif matches:
                    results[id(item)] = _failed(item, self._several(key, item, len(matches)))
        return found

    def _several(self, key: str, item: Item, count: int) -> Fault:
        name = key.split("+")[-1]
        words = _("%(n)d records have this value.") % {"n": count}
        value = shown(item.raws.get(name, ""))
        return Fault(self.plan.header_for(name), value, words, _("Merge them first, or match by record id."))

    def _create(self, items: Sequence[Item]) -> dict[int, Result]:
        if self.plan.mode == "update":
            words = _("There is no such record, and this import only changes known ones.")
            return {id(item): Result(item.row, ABSENT, item.name, message=words) for item in items}
        results: dict[int, Result] = {}
        complete: list[tuple[Item, dict[str, Any]]] = []
        for item in items:
            values = self._new_values(item)
            missing = {n: [_("Fill this in.")] for n in self.reader.parsers.required if values.get(n) in (None, "")}
            if missing and not (self.is_dry and self.plan.is_whole):
                results[id(item)] = _failed(item, *faults_of(self.plan, missing, {}))
            else:
                complete.append((item, values))
        if self.is_dry:
            return results | {id(item): Result(item.row, "created", item.name) for item, _v in complete}
        outcomes = many.create_records(
            record_type=self.record_type, rows=[values for _item, values in complete], by=self.actor,
            kept=[item.kept for item, _values in complete] if self.plan.is_whole else (),
        )  # fmt: skip
        return results | {id(i): self._result(i, "created", o) for (i, _v), o in zip(complete, outcomes, strict=True)}

    def _new_values(self, item: Item) -> dict[str, Any]:
        """What the type starts with, then the row; blanks take the defaults."""
        values = dict(self._start)
        values |= {name: value for name, value in item.values.items() if value not in (None, "") and name != ID}
        if given := uuid_in(item.values.get(ID) or ""):
            values[ID] = derived_id(given)
        if self.plan.tags:
            values["tags"] = list(dict.fromkeys([*values.get("tags", ()), *self.plan.tags]))
        return values

    @cached_property
    def _start(self) -> dict[str, Any]:
        return {} if self.plan.is_whole else first_values(self.record_type, self.actor, self.plan.fixed)

    def _update(self, items: Sequence[Item], known: dict[int, Any]) -> dict[int, Result]:
        found = [(item, known[id(item)]) for item in items if id(item) in known]
        if self.plan.mode == "create":
            return {id(item): self._is_there(item, record) for item, record in found}
        results: dict[int, Result] = {}
        changing = []
        for item, record in found:
            values = self._changes(item, record)
            if values:
                changing.append((item, record, values))
            else:
                results[id(item)] = Result(item.row, UNCHANGED, item.name, record.pk)
        if self.is_dry:
            return results | {id(item): Result(item.row, "updated", item.name, r.pk) for item, r, _v in changing}
        outcomes = many.update_records(
            record_type=self.record_type, rows=[(record.pk, values) for _i, record, values in changing], by=self.actor
        )
        return results | {
            id(i): self._result(i, "updated", o) for (i, _r, _v), o in zip(changing, outcomes, strict=True)
        }

    def _changes(self, item: Item, record: Any) -> dict[str, Any]:
        """What the row would make different."""
        fields = self.reader.parsers.fields
        values = {
            name: value for name, value in item.values.items() if name != ID and is_new(fields[name], record, value)
        }
        for name in self.plan.filling & values.keys():
            if not fields[name].is_blank(fields[name].value(record)):
                del values[name]
        if self.plan.tags:
            tags = list(dict.fromkeys([*values.get("tags", record.tags), *self.plan.tags]))
            values |= {"tags": tags} if tags != record.tags else {}
        return values

    def _is_there(self, item: Item, record: Any) -> Result:
        words = _("“%(name)s” is there already.") % {"name": record}
        return Result(item.row, DUPLICATE, item.name, record.pk, message=words)

    def _result(self, item: Item, verdict: str, outcome: "many.Outcome") -> Result:
        if isinstance(outcome, many.Written):
            return Result(
                item.row,
                verdict if outcome.changes or verdict == "created" else UNCHANGED,
                item.name,
                outcome.record.pk,
            )
        error = outcome.error
        if isinstance(error, Invalid):
            return _failed(item, *faults_of(self.plan, error.errors, item.raws))
        return _failed(item, Fault(error.field, "", str(error.detail), str(error.fix)))

    # The second time through the file

    def link(self, rows: Sequence[Row], names: Sequence[str]) -> list[Result]:
        """Point records at what came after them by these relations. Only what went wrong is told."""
        first = Reader(self.plan, self.actor, is_dry=True, later=self.later).read(rows)
        usable = [item for item in first if not item.faults and not self._is_repeated(item)]
        known = self._known(usable, {})
        mine = self._made_here([record.pk for record in known.values()]) if self.plan.mode == "create" else None
        links = Reader(self.plan, self.actor, is_dry=False, later=[n for n in self.later if n not in names])
        linked = {item.row.number: item for item in links.read([item.row for item in usable])}
        results, changing = [], []
        for item in usable:
            record, found = known.get(id(item)), linked[item.row.number]
            if record is None or (mine is not None and record.pk not in mine):
                continue
            values = {n: found.values[n] for n in names if isinstance(found.values.get(n), Model)}
            values = {n: one for n, one in values.items() if is_new(self.record_type.fields[n], record, one)}
            if found.faults:
                results.append(_failed(found))
            elif values:
                changing.append((found, record, values))
        rows_to_write = [(record.pk, values) for _item, record, values in changing]
        outcomes = (
            many.update_records(record_type=self.record_type, rows=rows_to_write, by=self.actor)
            if rows_to_write
            else []
        )
        told = (self._result(i, "updated", o) for (i, _r, _v), o in zip(changing, outcomes, strict=True))
        return results + [one for one in told if one.verdict == FAILED]

    def _made_here(self, ids: Sequence[Any]) -> set[Any]:
        mine = Change.objects.filter(job_id=current().job_id, action="created", record_id__in=ids)
        return set(mine.values_list("record_id", flat=True))


def _failed(item: Item, *faults: Fault) -> Result:
    return Result(item.row, FAILED, item.name, faults=[*item.faults, *faults])
