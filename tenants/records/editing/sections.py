"""The fields of a record in the order and under the heads in which people read and fill them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tenants.records.cells import cell
from tenants.records.fields import Field
from tenants.records.queries import with_links
from tenants.records.registry import RecordType


@dataclass(frozen=True)
class Line:
    """One field of the About card."""

    field: Field
    shown: Any
    is_writable: bool

    @property
    def is_empty(self) -> bool:
        return not self.shown


@dataclass(frozen=True)
class Part:
    label: str
    lines: list[Any]


def parted(record_type: RecordType, names: Iterable[str], record: Any = None) -> list[tuple[str, list[str]]]:
    """Names under their heads; first, without one, whatever no section takes: the company's own fields too.

    A section with a condition is left out where the record does not meet it.
    """
    left = dict.fromkeys(names)
    found: list[tuple[str, list[str]]] = []
    for section in record_type.sections:
        taken = [name for name in section.fields if name in left]
        for name in taken:
            del left[name]
        if taken and (section.shown_if is None or record is None or section.shown_if(record)):
            found.append((str(section.label), taken))
    return [("", list(left)), *found] if left else found


def folded_heads(record_type: RecordType, record: Any = None) -> set[str]:
    """Heads whose condition a record does not meet, or a new one not yet: forms show them folded."""
    return {
        str(section.label) for section in record_type.sections
        if section.shown_if is not None and (record is None or not section.shown_if(record))
    }  # fmt: skip


def about_parts(record_type: RecordType, record: Any, *, may_edit: bool) -> list[Part]:
    """The About card: every field but the title and what is shown elsewhere."""
    fields, writable = record_type.fields, set(record_type.writable) if may_edit else set()
    names = [n for n in dict.fromkeys([*record_type.asked, "owner", *record_type.extra]) if _is_told(record_type, n)]
    with_links(record_type, [record], [name for name in names if fields[name].is_custom])
    return [
        Part(label, [Line(fields[name], cell(fields[name], record), name in writable) for name in part])
        for label, part in parted(record_type, names, record)
    ]


def _is_told(record_type: RecordType, name: str) -> bool:
    return name not in (record_type.title, "tags") and name in record_type.fields and name not in record_type.hidden
