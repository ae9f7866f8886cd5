"""The forms a file can have. Each is opened with columns, takes rows, and is closed."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, Any, Protocol

from tenants.records.exporting.columns import Column, cell_text, plain, text
from tenants.records.neutral import neutral

MOST_CELL = 32_767
ENDINGS = {
    "csv": "text/csv; charset=utf-8", "json": "application/json", "zip": "application/zip", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


class Writer(Protocol):
    def write(self, records: Iterable[Any]) -> None: ...
    def close(self) -> None: ...


class CsvWriter:
    """UTF-8 with a mark, which Excel needs; what would run as a formula is made harmless."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], *, by_name: bool = False) -> None:
        self.columns = columns
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self.writer = csv.writer(self.text)
        self.writer.writerow(neutral(column.name if by_name else column.label) for column in columns)

    def write(self, records: Iterable[Any]) -> None:
        self.writer.writerows([neutral(cell_text(column, one)) for column in self.columns] for one in records)

    def close(self) -> None:
        self.text.flush()
        self.text.detach()


class JsonWriter:
    """A list of objects; relations are {"id", "name"}."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self.file, self.columns, self.is_first = file, columns, True
        self.pairs = {column.name: column for column in columns if column.name.endswith("_id") and column.field}
        file.write(b"[")

    def write(self, records: Iterable[Any]) -> None:
        for one in records:
            self.file.write(b"\n" if self.is_first else b",\n")
            self.is_first = False
            self.file.write(json.dumps(self._object(one), ensure_ascii=False).encode())

    def _object(self, record: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column in self.columns:
            if column.field is not None and column.name == f"{column.field.name}_id":
                continue
            ids = self.pairs.get(f"{column.name}_id") if column.field else None
            value = plain(column.value(record))
            if ids is not None and ids.field is column.field:
                found[column.name] = {"id": ids.value(record), "name": value} if value is not None else None
            else:
                found[column.name] = value
        return found

    def close(self) -> None:
        self.file.write(b"\n]\n")


class XlsxWriter:
    """Typed cells, row by row: nothing of what was written stays in memory."""

    def __init__(self, file: IO[bytes], columns: Sequence[Column], *, name: str) -> None:
        import xlsxwriter  # many files, of which other exports and other processes need none

        self.columns, self.row = columns, 0
        self.book = xlsxwriter.Workbook(
            file,
            {"constant_memory": True, "remove_timezone": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.sheet = self.book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31])
        bold = self.book.add_format({"bold": True, "bottom": 1})
        self.formats = [self._format(column) for column in columns]
        for position, column in enumerate(columns):
            self.sheet.set_column(position, position, 38 if column.name.endswith("id") else 22)
            self.sheet.write_string(0, position, column.label, bold)
        self.sheet.freeze_panes(1, 0)

    def _format(self, column: Column) -> Any:
        kind = column.field.kind if column.field else ""
        shapes = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss", "money": "#,##0.00##", "decimal": "#,##0.##"}
        return self.book.add_format({"num_format": shapes[kind]}) if kind in shapes else None

    def write(self, records: Iterable[Any]) -> None:
        for one in records:
            self.row += 1
            for position, column in enumerate(self.columns):
                self._cell(position, column, column.value(one))

    def _cell(self, position: int, column: Column, value: Any) -> None:
        kind, form = column.field.kind if column.field else "", self.formats[position]
        if value in (None, ""):
            return
        if kind == "datetime" and hasattr(value, "utcoffset"):
            from django.utils import timezone

            self.sheet.write_datetime(self.row, position, timezone.localtime(value).replace(microsecond=0), form)
        elif kind == "date":
            self.sheet.write_datetime(self.row, position, value, form)
        elif isinstance(value, bool):
            self.sheet.write_boolean(self.row, position, value)
        elif isinstance(value, int | Decimal):
            self.sheet.write_number(self.row, position, value, form)
        else:
            self.sheet.write_string(self.row, position, text(value)[:MOST_CELL])

    def close(self) -> None:
        self.book.close()
