"""CSV and TSV: encoding and delimiter found out, broken lines told one by one."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from tenants.records.importing.formats.base import Row, Table, fitted, header_of, is_blank
from tenants.records.importing.formats.encodings import encoding_of
from tenants.records.importing.limits import HEAD_BYTES, MOST_CELL, MOST_LINE, BadFile, check_columns

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
NAMED = {name: sign for sign, name in DELIMITERS.items()}
SAMPLE_LINES = 60


def read_table(file: BinaryIO, *, encoding: str = "", delimiter: str = "") -> Table:
    """Raises BadFile for what is no table."""
    found = encoding_of(file, encoding)
    text = io.TextIOWrapper(file, encoding=found, errors="replace", newline="")
    sign = NAMED.get(delimiter) or _delimiter(text, found)
    text.seek(0)
    notes: list[str] = []
    reader = csv.reader(_lines(text), delimiter=sign, strict=False)
    csv.field_size_limit(MOST_CELL)
    first = _header(reader)
    headers = header_of(first, notes)
    details = {"encoding": found.replace("-sig", ""), "delimiter": DELIMITERS[sign]}
    return Table(headers, _rows(reader, len(headers)), notes, details)


def _lines(text: io.TextIOBase) -> Iterator[str]:
    """Lines of bounded length; the `sep=;` that Excel writes is left out."""
    number = 0
    while line := text.readline(MOST_LINE):
        number += 1
        if len(line) >= MOST_LINE:
            raise BadFile(
                _("Line %(n)d is longer than a million characters. Is this a table with one line for each record?")
                % {"n": number}
            )
        if number == 1 and line.lower().startswith("sep="):
            continue
        yield line


def _header(reader: "Iterator[list[str]]") -> list[str]:
    try:
        for cells in reader:
            if not is_blank(cells):
                check_columns(len(cells))
                while cells and not cells[-1].strip():
                    cells.pop()
                return cells
    except csv.Error as error:
        raise BadFile(
            _("The first line, with the names of the columns, cannot be read: %(why)s") % {"why": error}
        ) from error
    raise BadFile(_("This file has no line with the names of its columns."))


def _rows(reader: "Iterator[list[str]]", width: int) -> Iterator[Row]:
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            number += 1
            words = _("A quotation mark in this row is never closed, or one of its values is far too long.")
            yield Row(number, [""] * width, words)
            continue
        number += 1
        if not is_blank(cells):
            yield fitted(number, list(cells), width)


def _delimiter(text: io.TextIOWrapper, encoding: str) -> str:
    """The sign that cuts most lines of the beginning into the same number of parts, more than one."""
    sample = text.read(HEAD_BYTES)
    if sample.lower().startswith("sep=") and sample[4:5] in DELIMITERS:
        return sample[4]
    lines = sample.splitlines(keepends=True)[:SAMPLE_LINES]
    return max(DELIMITERS, key=lambda sign: _fitness(lines, sign))


def _fitness(lines: list[str], sign: str) -> tuple[float, int]:
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=sign) if cells]
    except csv.Error:
        return (0, 0)
    width, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
    return (times / len(widths), width) if width > 1 else (0, 0)
