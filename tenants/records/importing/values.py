"""From a cell to what a field parses: the ways of the file undone."""

import csv
import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from tenants.records.fields import Field
from tenants.records.importing.plan import Column

NUMBERS = ("money", "decimal", "number", "percent")
SPACES = re.compile(r"[\s'\u00a0\u202f]+")
MONEY_SIGNS = re.compile(r"^[^\d\-+.,(]+|[^\d.,)]+$")
BREAKS = re.compile(r"[\r\n]")
TIME = re.compile(r"[T ](?=\d{1,2}:)")
YES = {"yes", "y", "true", "1", "x", "on", "да", "ja", "si", "sí", "oui", "हाँ", "हां", "✓"}
NO = {"no", "n", "false", "0", "off", "не", "nein", "non", "नहीं", "-"}


def text_of_cell(cell: Any) -> str:
    """A cell as somebody would read it in the file."""
    if type(cell) is str:
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, list):
        return ", ".join(map(str, cell))
    return str(cell)


def is_text(cell: Any) -> bool:
    """Whether a cell can be kept: half of a letter's two parts, as JSON can hold it, cannot."""
    text = cell if type(cell) is str else str(cell)
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def raw_value(cell: Any, column: Column, field: Field | None) -> Any:
    """What is given to the field's parser; None for an empty cell."""
    if isinstance(cell, list | dict) and field and field.kind in ("json", "address", "tags", "multi_select"):
        return cell
    text = text_of_cell(cell)
    if not text.strip():
        return None
    if field is None:
        return text.strip()
    return _READ.get(field.kind, _as_is)(text, column)


def _as_is(text: str, column: Column) -> Any:
    return text


def _number(text: str, column: Column) -> Any:
    """Without signs of money and groups, with a point; (5) is minus 5. What is no number stays as it is."""
    bare = MONEY_SIGNS.sub("", text.strip()).replace("%", "")
    is_negative = bare.startswith("(") and bare.endswith(")")
    bare = SPACES.sub("", bare.strip("()"))
    bare = bare.replace(".", "").replace(",", ".") if column.decimals == "," else bare.replace(",", "")
    return f"-{bare}" if is_negative and bare else bare or text


def _whole(text: str, column: Column) -> Any:
    found = str(_number(text, column))
    return re.sub(r"\.0+$", "", found)


def _date(text: str, column: Column) -> Any:
    day = TIME.split(text.strip())[0]
    return _iso(day, column.dates) or _iso(day, "%Y-%m-%d") or text


def _moment(text: str, column: Column) -> Any:
    """A day in the way of the column, then whatever time follows."""
    day, *times = TIME.split(text.strip(), maxsplit=1)
    found = _iso(day, column.dates) or _iso(day, "%Y-%m-%d")
    if not found:
        return text
    clock = times[0] if times else "00:00"
    afternoon = re.match(r"^(\d{1,2}):(\d{2})(:\d{2})?\s*([ap])\.?m\.?$", clock, re.IGNORECASE)
    if afternoon:
        hour = int(afternoon[1]) % 12 + (12 if afternoon[4].lower() == "p" else 0)
        clock = f"{hour:02d}:{afternoon[2]}{afternoon[3] or ''}"
    return f"{found}T{clock.zfill(5) if ':' in clock[:2] else clock}"


@lru_cache(maxsize=4_096)  # of days as they are written, not of anything a company owns
def _iso(day: str, form: str) -> str:
    try:
        return datetime.strptime(day.strip(), form).date().isoformat() if form else ""
    except ValueError:
        return ""


def _boolean(text: str, column: Column) -> Any:
    word = text.strip().casefold()
    return "true" if word in YES else "false" if word in NO else text


def _list(text: str, column: Column) -> Any:
    """a, b or a; b; a word in quotation marks may hold a comma."""
    sign = ";" if ";" in text and "," not in text else ","
    text = BREAKS.sub(" ", text)
    parts = _quoted(text, sign) if '"' in text else text.split(sign)
    return [part.strip() for part in parts if part.strip()]


def _quoted(text: str, sign: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=sign, skipinitialspace=True), [])
    except csv.Error:  # far too long between two quotation marks
        return text.split(sign)


_READ = {
    **dict.fromkeys(("money", "decimal"), _number), **dict.fromkeys(("number", "percent"), _whole),
    "date": _date, "datetime": _moment, "boolean": _boolean, "tags": _list, "multi_select": _list,
}  # fmt: skip
