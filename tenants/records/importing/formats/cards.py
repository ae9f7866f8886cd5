"""vCard: address books, one card after the other."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import vobject
from django.utils.translation import gettext as _

from tenants.records.importing.formats.base import Row, Table
from tenants.records.importing.formats.encodings import encoding_of
from tenants.records.importing.limits import MOST_LINE, BadFile

COLUMNS = (
    "First name", "Last name", "Full name", "Company", "Job title", "E-mail", "E-mail 2", "Phone", "Phone 2",
    "Address", "City", "Region", "Postal code", "Country", "Website", "Birthday", "Note", "Tags", "External id",
)  # fmt: skip
MOST_LINES = 20_000


def read_cards(file: BinaryIO, *, encoding: str = "") -> Table:
    """Raises BadFile for what holds no card."""
    found = encoding_of(file, encoding)
    rows = _rows(file, found)
    first = next(rows, None)
    if first is None:
        raise BadFile(_("There is no card in this file."))
    return Table(list(COLUMNS), _joined(first, rows), [], {"encoding": found.replace("-sig", "")})


def _joined(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _rows(file: BinaryIO, encoding: str) -> Iterator[Row]:
    for number, text in enumerate(_texts(file, encoding), start=1):
        try:
            yield Row(number, _cells(vobject.readOne(text, allowQP=True)))
        except Exception:  # the parser raises whatever it stumbles over; the card is told, the others go on
            yield Row(number, [""] * len(COLUMNS), _("This card cannot be read."))


def _texts(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Each card's lines. Pictures are left out: they are large and not imported."""
    lines: list[str] = []
    is_inside = is_picture = False
    while raw := file.readline(MOST_LINE):
        line = (
            raw.decode(encoding if "16" not in encoding else "utf-8", errors="replace").rstrip("\r\n").lstrip("\ufeff")
        )
        name = line.upper().partition(":")[0].partition(";")[0].rpartition(".")[2]
        if line.upper().startswith("BEGIN:VCARD"):
            lines, is_inside = [], True
        if not line.startswith((" ", "\t")):
            is_picture = name in ("PHOTO", "LOGO", "SOUND", "KEY")
        if is_inside and not is_picture and len(lines) < MOST_LINES:
            lines.append(line)
        if is_inside and line.upper().startswith("END:VCARD"):
            is_inside = False
            yield "\r\n".join(lines) + "\r\n"


def _cells(card: Any) -> list[Any]:
    name, address = _first(card, "n"), _first(card, "adr")
    emails, phones = _all(card, "email"), _all(card, "tel")
    organisation = _first(card, "org")
    return [
        *(_text(getattr(name, part, "")) for part in ("given", "family")),
        _text(_first(card, "fn")),
        _text(organisation[0] if isinstance(organisation, list) and organisation else organisation),
        _text(_first(card, "title")),
        *[*emails, "", ""][:2],
        *[*phones, "", ""][:2],
        *(_text(getattr(address, part, "")) for part in ("street", "city", "region", "code", "country")),
        _text(_first(card, "url")),
        _birthday(_text(_first(card, "bday"))),
        _text(_first(card, "note")),
        _text(_first(card, "categories")),
        _text(_first(card, "uid")),
    ]


def _first(card: Any, name: str) -> Any:
    found = card.contents.get(name)
    return found[0].value if found else ""


def _all(card: Any, name: str) -> list[str]:
    return [_text(one.value).removeprefix("tel:") for one in card.contents.get(name, [])]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)).strip() if isinstance(value, list) else str(value or "").strip()


def _birthday(text: str) -> str:
    """19800412 and 1980-04-12T00:00:00Z as a date; without a year it is none."""
    digits = text[:10].replace("-", "")[:8]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdecimal() else ""
