"""What of an entry is closed to the one who asks: texts of fields that are hidden from them, and names of records
that they may not see. Nobody finds a record by what they may not read on it.

An entry holds all texts of a record, each behind a mark. For who may not read some of them, what the index found
is looked at once more, without those.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import BooleanField, Func, Q

from tenants.kernel.actors import Actor
from tenants.kernel.permits import FieldLimit
from tenants.records.registry import RecordType, type_of
from tenants.records.search.matching import Typed
from tenants.records.sight import sight


@dataclass(frozen=True)
class Closed:
    """Marks of texts that an actor may not read: of no record, or only where a relation leads to what they see."""

    hidden: frozenset[str]
    by_relation: dict[str, Q]
    """Where the text of a relation may be read. Its marks are in `masked`."""
    masked: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.hidden or self.masked)

    def condition(self, finds: Callable[[frozenset[str]], Q]) -> Q:
        """On rows of the type: every word is found in what may be read. `finds` looks without some texts."""
        found = finds(self.hidden | self.masked)
        return found | (reduce(and_, self.by_relation.values()) & finds(self.hidden)) if self.masked else found


class Finds(Func):
    """Whether all that was typed stands in a haystack, some of its texts left out."""

    conditional = True
    arity = 1

    def __init__(self, haystack: Any, typed: Typed, marks: frozenset[str]) -> None:
        super().__init__(haystack, output_field=BooleanField())
        self.typed, self.marks = typed, marks

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        left_out = rf"\|({'|'.join(sorted(self.marks))}) [^|]*"
        text = f"regexp_replace({column}, %s, '', 'g')" if self.marks else column
        own = [*params, left_out] if self.marks else list(params)
        parts = [(f"{text} LIKE ANY (%s)", [*own, pattern]) for pattern in self.typed.patterns]
        return f"({' AND '.join(sql for sql, _ in parts) or 'true'})", [one for _, given in parts for one in given]


def closed_to(actor: Actor, record_type: RecordType) -> Closed:
    """What of the type's entries the actor may not read."""
    hidden, masked, by_relation = set(), set(), {}
    for number, path in enumerate(record_type.search):
        name = path if path.startswith("custom.") else path.partition(".")[0]
        if is_hidden(actor, record_type, name):
            hidden.add(str(number))
        elif (where := where_open(actor, record_type, name)) is not None:
            masked.add(str(number))
            by_relation[name] = where
    return Closed(frozenset(hidden), by_relation, frozenset(masked))


def is_limited(actor: Actor, record_type: RecordType, name: str) -> bool:
    """Whether the actor may not read a field, at least of some records."""
    return is_hidden(actor, record_type, name) or where_open(actor, record_type, name) is not None


def is_hidden(actor: Actor, record_type: RecordType, name: str) -> bool:
    return actor.permit.limits(record_type.name).get(name) is FieldLimit.HIDDEN


def where_open(actor: Actor, record_type: RecordType, name: str) -> Q | None:
    """Where what a relation points at may be seen; None where that is everywhere, or it is no relation."""
    target = type_of(record_type.relation(name).target) if name in record_type.relations else None
    return sight(actor, target, prefix=f"{name}__") if target else None
