"""Which letters a file is written in."""

import codecs
from typing import BinaryIO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from tenants.records.importing.limits import HEAD_BYTES, BadFile
from tenants.records.locale import company_country

CHOICES = (
    "utf-8",
    "utf-16",
    "cp1252",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "iso8859_15",
    "koi8_r",
    "shift_jis",
    "gb18030",
)
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
GUESSED = ("cp1252", "cp1251", "cp1250", "cp1253", "cp1254")
AT_HOME = {
    "cp1251": ("BG", "RU", "UA", "RS", "MK", "BY", "KZ", "MD"), "cp1253": ("GR", "CY"), "cp1254": ("TR", "AZ"),
    "cp1250": ("PL", "CZ", "SK", "HU", "RO", "HR", "SI", "BA", "AL"),
}  # fmt: skip
UNSURE = 0.05
"""Where two encodings read about as well, the company's country decides."""
PIECE = 1024 * 1024
MOST_CONTROL = 0.02


def encoding_of(file: BinaryIO, wanted: str = "") -> str:
    """The encoding of a whole file: as it was chosen, as it is marked, UTF-8 if it is, else guessed. Raises BadFile."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), "")
    found = wanted if wanted in CHOICES else marked or _wide(head)
    if not found:
        _refuse_binary(head)
        found = "utf-8" if _is_utf8(file) else _guessed(file)
    file.seek(0)
    return "utf-8-sig" if found == "utf-8" else found


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: every second byte of plain text is zero."""
    half = len(head) // 2
    if half < 4:
        return ""
    even, odd = head[0::2].count(0) / half, head[1::2].count(0) / half
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 and odd < 0.05 else ""


def _refuse_binary(head: bytes) -> None:
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    if head and control / len(head) > MOST_CONTROL:
        raise BadFile(_("This is not a table but a file of another kind. Save it as CSV or XLSX and upload that."))


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guessed(file: BinaryIO) -> str:
    """From lines with letters outside ASCII, wherever in the file they stand."""
    sample = _foreign_lines(file)
    found = list(from_bytes(sample, cp_isolation=list(GUESSED), threshold=0.5))
    if not found:
        raise BadFile(
            _("The letters of this file cannot be read. Save it with the encoding UTF-8 and upload it again.")
        )
    best = min(match.chaos for match in found)
    fitting = {match.encoding for match in found if match.chaos <= best + UNSURE}
    home = next((name for name, countries in AT_HOME.items() if company_country() in countries), "cp1252")
    return home if home in fitting else next(name for name in GUESSED if name in fitting)


def _foreign_lines(file: BinaryIO) -> bytes:
    file.seek(0)
    found: list[bytes] = []
    size = 0
    while size < HEAD_BYTES and (line := file.readline(PIECE)):
        if not line.isascii():
            found.append(line)
            size += len(line)
    return b"".join(found)
