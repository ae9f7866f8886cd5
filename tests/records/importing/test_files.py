"""Every form of file, and every way in which one can be bad: a clear word, never a fault of ours."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from tenants.crm.models import Contact
from tenants.kernel.errors import Invalid
from tenants.records.importing.limits import BadFile
from tenants.records.models import Job
from tests.factories import Twin
from tests.records.importing.helpers import counts, faults, imported, targets, uploaded


def workbook(rows: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("People")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def names() -> list[tuple[str, str]]:
    rows = Contact.objects.filter(email__endswith="@f.example").order_by("email")
    return list(rows.values_list("name", "email"))


ASHA, RAVI = ("Asha Rão", "a@f.example"), ("Ravi Iyer", "b@f.example")
TABLE = "Name,E-mail\nAsha Rão,a@f.example\nRavi Iyer,b@f.example\n"
CARDS = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Rão;Asha;;;\nFN:Asha Rão\nEMAIL;TYPE=work:a@f.example\nTEL:+919820011842\nEND:VCARD\n"
    "BEGIN:VCARD\nVERSION:3.0\nN:Iyer;Ravi;;;\nFN:Ravi Iyer\nEMAIL:b@f.example\nPHOTO;ENCODING=b:AA\n AA\nEND:VCARD\n"
)
XML = (
    "<?xml version='1.0'?><people><person id='1'><Name>Asha Rão</Name><E-mail>a@f.example</E-mail></person>"
    "<person id='2'><Name>Ravi Iyer</Name><E-mail>b@f.example</E-mail></person></people>"
)
OBJECTS = [{"Name": "Asha Rão", "email": "a@f.example"}, {"Name": "Ravi Iyer", "email": "b@f.example"}]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.encode("cp1252"),
        TABLE.replace(",", ";").encode(),
        TABLE.replace(",", "\t").encode(),
        ("sep=|\n" + TABLE.replace(",", "|")).encode(),
        TABLE.replace("\n", "\r\n").encode(),
        CARDS.encode(),
        XML.encode(),
        json.dumps(OBJECTS).encode(),
        json.dumps({"items": OBJECTS}).encode("utf-8-sig"),
    ],
)
def test_every_form_brings_the_same_people(company: Twin, content: bytes) -> None:
    job = imported(content)

    assert counts(job) == {"created": 2}, faults(job)
    assert names() == [ASHA, RAVI]


def test_cyrillic_letters_of_windows_are_read(company: Twin) -> None:
    text = "Име,Имейл,Град\nГеорги Димитров,a@f.example,Пловдив\nМария Иванова,b@f.example,София\n" * 1
    job = imported(text.encode("cp1251"))

    assert counts(job) == {"created": 2}
    assert names() == [("Георги Димитров", "a@f.example"), ("Мария Иванова", "b@f.example")]


def test_workbooks_keep_dates_and_numbers(company: Twin) -> None:
    from datetime import date

    people: list[list[Any]] = [
        ["Name", "E-mail", "Birthday", "Phone"],
        ["Asha Rão", "a@f.example", date(1980, 4, 12), 9820011842],
    ]

    assert counts(imported(workbook(people))) == {"created": 1}
    asha = Contact.objects.get(email="a@f.example")
    assert (str(asha.birthday), asha.phone) == ("1980-04-12", "+919820011842")


def bomb() -> bytes:
    return archive({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<workbook/>", "xl/x.xml": b"0" * 60_000_000})


def liar() -> bytes:
    """Says that its member unpacks to ten bytes."""
    content = bytearray(archive({"xl/workbook.xml": b"0" * 20_000_000}))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


def nested() -> bytes:
    return archive({"xl/workbook.xml": b"<workbook/>", "inner.zip": bomb() + zlib.compress(b"0" * 100)})


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">{entities}]><a><b><c>&l9;</c></b></a>'.encode()


def far_corner() -> bytes:
    sheet = b'<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData></worksheet>'
    rels = b'<Relationships><Relationship Id="r1" Target="worksheets/s.xml"/></Relationships>'
    book = b'<workbook xmlns:r="x"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>'
    return archive({"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/worksheets/s.xml": sheet})


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "This file is empty."),
    "only a header": (lambda: b"Name,E-mail\n", "This file has the names of columns but no row below them."),
    "only blanks": (lambda: b"\n\n \n", "This file has no line with the names of its columns."),
    "binary": (lambda: bytes(range(256)) * 40, "This is not a table but a file of another kind."),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "This is not a table but a file of another kind."),
    "pdf": (lambda: b"%PDF-1.7 ...", "This is not a table but a file of another kind."),
    "old workbook": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "This is a workbook of the old kind (.xls)"),
    "web page": (lambda: b"<!DOCTYPE html><html><p>Sign in</p></html>", "This is a web page, not a table."),
    "bomb": (bomb, "This file unpacks to far more than it should."),
    "lying bomb": (liar, "This file unpacks to far more than it should."),
    "zip": (lambda: archive({"a.txt": b"hello"}), "This archive is no workbook."),
    "cut zip": (lambda: workbook([["Name"], ["A"]])[:900], "This file is damaged or locked by a password."),
    "broken workbook": (lambda: archive({"xl/workbook.xml": b"<workbook"}), "This"),
    "far corner": (far_corner, "This file has 16384 columns; at most 1000 can be imported."),
    "laughs": (laughs, "This file defines entities or document types"),
    "cut xml": (lambda: XML.encode()[:-20], "This is not XML that can be read."),
    "cut json": (lambda: b'[{"name": "A"}, {"na', "This is not JSON that can be read"),
    "deep json": (lambda: b"[" * 100_000, "This file is nested too deeply."),
    "scalars": (lambda: b"[1, 2, 3]", "There are no records in this file."),
    "columns": (lambda: (",".join(f"c{n}" for n in range(10_000)) + "\n1\n").encode(), "This file has 10000 columns"),
    "one line": (lambda: b"x" * 3_000_000, "Line 1 is longer than a million characters."),
    "no card": (lambda: b"BEGIN:VCARD\nnothing", "There is no card in this file."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_words(company: Twin, name: str) -> None:
    make, words = BAD[name]

    with pytest.raises(Invalid) as refusal:
        uploaded(make())

    assert str(refusal.value.detail).startswith(words)
    assert list(refusal.value.errors) == ["file"]
    assert Job.objects.filter(kind="import_preview").count() == 0


def test_a_nested_archive_is_never_unpacked(company: Twin) -> None:
    with pytest.raises(BadFile):
        uploaded(nested())


def test_too_large_a_file_names_the_limit(company: Twin, settings: Any) -> None:
    settings.IMPORT_MOST_BYTES = 1024 * 1024

    with pytest.raises(BadFile) as refusal:
        uploaded(TABLE.encode() + b"\n" * 2_000_000)

    words = "This file has 2 MB; at most 1 MB can be imported at once. Split it into several files."
    assert str(refusal.value.detail) == words


def test_ragged_rows_zero_bytes_and_open_quotes_cost_only_their_row(company: Twin) -> None:
    text = (
        "Name,E-mail,E-mail\nAsha Rao,a@f.example,\nToo,many@f.example,x,y,z\nShort\n"
        "Ze\x00ro,z@f.example,\nRavi Iyer,b@f.example,\n"
    )
    job = imported(text)

    assert [fault[:4] for fault in faults(job)] == [
        (3, "", "", "This row has 5 values, the header only 3 names."),
        (5, "Name", "Ze␀ro", "This value holds a zero byte."),
    ]
    assert counts(job) == {"created": 3, "failed": 2}
    assert list(targets(Job.objects.get(pk=job.params["draft"]))) == ["Name", "E-mail", "E-mail (2)"]
