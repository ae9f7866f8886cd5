"""What every reader of a file gives."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tenants.records.importing.limits import check_columns
from tenants.records.neutral import restored


@dataclass
class Row:
    """One row: its number as a person counts, its cells in the order of the header, what is wrong with it."""

    number: int
    cells: list[Any]
    problem: str = ""


@dataclass
class Table:
    """A header and the rows below it; `rows` can be gone through once."""

    headers: list[str]
    rows: Iterator[Row]
    notes: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)
    """What was found out about the file: encoding, delimiter, sheet."""


def header_of(names: Iterable[Any], notes: list[str]) -> list[str]:
    """Names for all columns, each once: what is empty or doubled gets a number."""
    found: list[str] = []
    taken: set[str] = set()
    for position, raw in enumerate(names, start=1):
        name = restored(str(raw if raw is not None else "").replace("\x00", "").strip())[:120]
        if not name:
            name = _("Column %(n)d") % {"n": position}
        elif name.casefold() in taken:
            notes.append(_("There are several columns called “%(name)s”; they are numbered here.") % {"name": name})
        number, wanted = 2, name
        while name.casefold() in taken:
            name, number = f"{wanted} ({number})", number + 1
        taken.add(name.casefold())
        found.append(name)
    check_columns(len(found))
    return found


def fitted(number: int, cells: list[Any], width: int, *, is_text: bool = True) -> Row:
    """A row as wide as the header; what stands beyond it makes the row a bad one. Text is freed of our apostrophes."""
    if is_text:
        cells = [restored(cell) if cell[:1] == "'" else cell for cell in cells]
    beyond = [cell for cell in cells[width:] if cell not in ("", None)]
    cells = cells[:width] + [""] * (width - len(cells))
    if not beyond:
        return Row(number, cells)
    words = {"now": width + len(beyond), "most": width}
    return Row(number, cells, _("This row has %(now)d values, the header only %(most)d names.") % words)


def is_blank(cells: Iterable[Any]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
