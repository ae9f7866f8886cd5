"""Writing a piece of rows: each in a savepoint of its own, refusals as results."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import transaction

from tenants.kernel.actors import Actor
from tenants.kernel.errors import DomainError, Invalid
from tenants.records.bulk.protocol import Result, refusals
from tenants.records.enums import Outcome
from tenants.records.many import Refused, Written, update_records
from tenants.records.registry import RecordType, type_of


def each(records: Sequence[Any], act: Callable[[Any], Outcome | None]) -> list[Result]:
    """Act on one record after the other; what refuses one leaves the others alone."""
    results = []
    for record in records:
        try:
            with transaction.atomic():
                outcome = act(record)
        except DomainError as error:
            results.append(refusals(record, error))
        else:
            results.append(Result(record=record, outcome=outcome or Outcome.UPDATED))
    return results


def write(pairs: Sequence[tuple[Any, Mapping[str, Any]]], by: Actor) -> list[Result]:
    """Give each record its values, as `actions.update_record` does: checks, hooks, history, events.

    All records are of one type.
    """
    if not pairs:
        return []
    record_type = type_of(pairs[0][0])
    assert record_type
    cleaner = Cleaner(record_type)
    rows: list[tuple[Any, Mapping[str, Any]]] = []
    refused: dict[int, Result] = {}
    for position, (record, values) in enumerate(pairs):
        try:
            rows.append((record.pk, cleaner.clean(values)))
        except Invalid as error:
            refused[position] = refusals(record, error)
    outcomes = iter(update_records(record_type=record_type, rows=rows, by=by))
    return [
        refused[position] if position in refused else _result(record, next(outcomes))
        for position, (record, _values) in enumerate(pairs)
    ]


def _result(record: Any, outcome: Written | Refused) -> Result:
    if isinstance(outcome, Refused):
        return refusals(record, outcome.error)
    return Result(record=record, outcome=Outcome.UPDATED if outcome.changes else Outcome.SKIPPED)


class Cleaner:
    """Values of many rows parsed, each different one once: a relation costs a query."""

    def __init__(self, record_type: RecordType) -> None:
        self.record_type = record_type
        self._known: dict[tuple[str, str], Any] = {}

    def clean(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid, naming every field at fault."""
        wanted = {name: raw for name, raw in values.items() if (name, repr(raw)) not in self._known}
        for name, value in self.record_type.clean(wanted, creating=False).items():
            self._known[name, repr(wanted[name])] = value
        return {name: self._known[name, repr(raw)] for name, raw in values.items()}
