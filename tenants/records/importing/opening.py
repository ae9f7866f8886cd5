"""A kept file, opened by what it is rather than by what it is called."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from tenants.kernel.errors import NotFound
from tenants.records.importing.formats.archives import opened
from tenants.records.importing.formats.base import Table
from tenants.records.importing.formats.cards import read_cards
from tenants.records.importing.formats.sheets import read_sheet
from tenants.records.importing.formats.tables import read_table
from tenants.records.importing.formats.trees import read_json, read_xml
from tenants.records.importing.limits import BadFile, check_size
from tenants.records.whole.archive import is_whole, manifest_in, table_in

READERS = {"csv": read_table, "xlsx": read_sheet, "vcard": read_cards, "json": read_json, "xml": read_xml}
ASKED = {
    "csv": ("encoding", "delimiter"), "xlsx": ("sheet",), "vcard": ("encoding",), "json": ("encoding",),
}  # fmt: skip
HEAD = 4096
WIDE_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def kind_of(file: BinaryIO) -> str:
    """csv, xlsx, vcard, json, xml or zip (a whole company). Raises BadFile for what is never a table."""
    file.seek(0, io.SEEK_END)
    check_size(file.tell())
    file.seek(0)
    head = file.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _packed(file)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFile(_("This is a workbook of the old kind (.xls), or one with a password. Save it as .xlsx or CSV."))
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF")
    ):
        raise BadFile(_("This is not a table but a file of another kind. Save it as CSV or XLSX and upload that."))
    wide = WIDE_MARKS.get(head[:2])
    text = (head[2:].decode(wide, errors="ignore") if wide else head.decode("utf-8-sig", errors="ignore")).lstrip()
    return _of_text(text)


def _of_text(text: str) -> str:
    start = text[:200].lower()
    if start.startswith(("<!doctype html", "<html")):
        raise BadFile(_("This is a web page, not a table. Download the table itself and upload that."))
    if start.startswith("begin:vcard"):
        return "vcard"
    if start.startswith(("{", "[")):
        return "json"
    return "xml" if start.startswith(("<?xml", "<")) and ">" in start else "csv"


def _packed(file: BinaryIO) -> str:
    archive = opened(file)
    if "xl/workbook.xml" in archive.namelist():
        return "xlsx"
    if is_whole(archive):
        manifest_in(archive)
        return "zip"
    raise BadFile(_("This archive is no workbook. Unpack it and upload the table that is inside."))


@contextmanager
def open_table(name: str, kind: str, options: Mapping[str, Any]) -> Iterator[Table]:
    """The table in a kept file. Raises BadFile, NotFound."""
    with open_file(name) as file:
        if kind == "zip":
            yield table_in(file, str(options.get("section", "")))
        else:
            yield READERS[kind](file, **{k: str(options[k]) for k in ASKED.get(kind, ()) if options.get(k)})  # type: ignore[operator]


@contextmanager
def open_file(name: str) -> Iterator[BinaryIO]:
    try:
        file = default_storage.open(name, "rb")
    except FileNotFoundError as error:
        raise NotFound(_("The file is no longer here. Upload it again.")) from error
    with file:
        yield file.file  # type: ignore[misc]
