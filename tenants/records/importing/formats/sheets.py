"""XLSX, read as it streams: only the workbook's table of texts is held in memory.

A library that loads a sheet whole would take gigabytes for a file with one cell in its far corner.
"""

import re
import zipfile
from array import array
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from tenants.records.importing.formats.archives import opened
from tenants.records.importing.formats.base import Row, Table, fitted, header_of, is_blank
from tenants.records.importing.formats.xml import events, tag_of
from tenants.records.importing.limits import MOST_STRINGS, BadFile, check_columns

BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
DATE_SIGNS = re.compile(r"[dmyhs]", re.IGNORECASE)
NO_SIGNS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
LETTERS = re.compile(r"^[A-Z]{1,3}")
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
LAST_DAY = 2_958_466


class Texts:
    """The workbook's texts, packed one behind the other: a list of small strings would take five times as much."""

    def __init__(self, archive: zipfile.ZipFile, path: str) -> None:
        self.bytes, self.ends = bytearray(), array("Q")
        if path not in archive.namelist():
            return
        for _event, node in _events(archive, path):
            if tag_of(node) == "si":
                self.bytes += _text(node).encode()
                self.ends.append(len(self.bytes))
                node.clear()
                if len(self.bytes) > MOST_STRINGS:
                    raise BadFile(
                        _("This workbook holds too much text. Save the sheet as CSV and upload that instead.")
                    )

    def __getitem__(self, index: int) -> str:
        start = self.ends[index - 1] if index else 0
        return self.bytes[start : self.ends[index]].decode()


class Book:
    """What one sheet needs to be read: texts, which styles are dates, when time begins."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.is_1904 = False
        self.sheets = dict(self._sheets())
        self.texts = Texts(archive, "xl/sharedStrings.xml")
        self.dates = self._dates()

    def _sheets(self) -> Iterator[tuple[str, str]]:
        """Names of the visible sheets, and where they stand in the archive."""
        targets = {
            node.get("Id", ""): node.get("Target", "")
            for _event, node in _events(self.archive, "xl/_rels/workbook.xml.rels")
            if tag_of(node) == "Relationship"
        }
        for _event, node in _events(self.archive, "xl/workbook.xml"):
            if tag_of(node) == "workbookPr":
                self.is_1904 = node.get("date1904") in ("1", "true")
            if tag_of(node) == "sheet" and node.get("state", "visible") == "visible":
                wanted = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
                target = targets.get(wanted, "").lstrip("/")
                yield node.get("name", ""), target if target.startswith("xl/") else f"xl/{target}"

    def _dates(self) -> list[bool]:
        """For each style of cells, whether it shows a moment."""
        if "xl/styles.xml" not in self.archive.namelist():
            return []
        own: dict[str, bool] = {}
        found: list[bool] = []
        is_inside = False
        for event, node in _events(self.archive, "xl/styles.xml", both=True):
            if tag_of(node) == "cellXfs":
                is_inside = event == "start"
            elif event == "start" and tag_of(node) == "numFmt":
                shown = NO_SIGNS.sub("", node.get("formatCode", ""))
                own[node.get("numFmtId", "")] = bool(DATE_SIGNS.search(shown)) and "general" not in shown.lower()
            elif event == "start" and is_inside and tag_of(node) == "xf":
                number = node.get("numFmtId", "0")
                found.append(own.get(number, number.isdecimal() and int(number) in BUILT_IN_DATES))
        return found

    def value(self, node: Element) -> Any:
        """A cell as text, or as a date in ISO form."""
        kind, raw = node.get("t", "n"), next((part.text or "" for part in node if tag_of(part) == "v"), "")
        if kind == "inlineStr":
            return _text(next((part for part in node if tag_of(part) == "is"), node))
        if kind == "s":
            return self.texts[int(raw)] if raw else ""
        if kind == "b":
            return "true" if raw == "1" else "false"
        if kind in ("str", "e", "d") or not raw:
            return "" if kind == "e" else raw
        style = int(node.get("s", "0") or 0)
        return self._moment(raw) if style < len(self.dates) and self.dates[style] else _number(raw)

    def _moment(self, raw: str) -> str:
        days = float(raw)
        if not 0 <= days < LAST_DAY:
            return raw
        start = EPOCH_1904 if self.is_1904 else EPOCH
        found = start + timedelta(days=int(days), seconds=round((days % 1) * 86_400))
        return found.date().isoformat() if found.time() == time() else found.isoformat(sep=" ")


def read_sheet(file: BinaryIO, *, sheet: str = "") -> Table:
    """Raises BadFile for what is no workbook, or one that would not fit."""
    archive = opened(file)
    try:
        book = Book(archive)
        if not book.sheets:
            raise BadFile(_("This workbook has no sheet that can be seen."))
        name = sheet if sheet in book.sheets else next(iter(book.sheets))
        rows = _rows(book, book.sheets[name])
        first = next(rows, None)
    except KeyError as error:
        raise BadFile(_("This is no workbook that Excel would open. Save the table as CSV and upload that.")) from error
    if first is None:
        raise BadFile(_("The sheet “%(name)s” is empty.") % {"name": name})
    notes: list[str] = []
    headers = header_of(first.cells, notes)
    if len(book.sheets) > 1:
        notes.append(_("This workbook has several sheets; this is “%(name)s”.") % {"name": name})
    fitting = (fitted(row.number, row.cells, len(headers), is_text=False) for row in rows)
    return Table(headers, fitting, notes, {"sheet": name})


def _rows(book: Book, path: str) -> Iterator[Row]:
    number = 0
    for event, node in _events(book.archive, path, both=True):
        if event == "start":
            continue
        if tag_of(node) == "row":
            number = int(node.get("r") or number + 1)
            cells = _cells(book, node)
            node.clear()
            if not is_blank(cells):
                yield Row(number, cells)
        elif tag_of(node) == "sheetData":
            return


def _cells(book: Book, row: Element) -> list[Any]:
    found: list[Any] = []
    for node in row:
        column = _column(node.get("r", ""), len(found))
        check_columns(column + 1)
        found += [""] * (column - len(found))
        try:
            value = book.value(node)
        except (ValueError, IndexError):
            value = ""
        found[column:] = [value]
    while found and found[-1] == "":
        found.pop()
    return found


def _column(reference: str, following: int) -> int:
    letters = LETTERS.match(reference)
    if not letters:
        return following
    number = 0
    for letter in letters.group():
        number = number * 26 + ord(letter) - 64
    return max(number - 1, following)


def _number(raw: str) -> str:
    """Without the noise of binary fractions: 0.1 and not 0.10000000000000001."""
    value = float(raw)
    return f"{int(value)}" if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"


def _text(node: Element) -> str:
    """All runs of a text, without its pronunciation."""
    parts = [child if tag_of(child) == "t" else child.find("{*}t") for child in node if tag_of(child) in ("t", "r")]
    return "".join(part.text or "" for part in parts if part is not None)


def _events(archive: zipfile.ZipFile, path: str, *, both: bool = False) -> Iterator[tuple[str, Element]]:
    words = _("This workbook is damaged. Save it again, or as CSV, and upload that.")
    with archive.open(path) as member:
        for event, node, _depth in events(member, CUT, words):
            if both or event == "end":
                yield event, node


CUT = ("row", "si", "xf", "numFmt", "sheet", "Relationship")
