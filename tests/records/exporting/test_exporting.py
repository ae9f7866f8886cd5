"""Lists as files: exact cells, harmless formulas, and nobody else's eyes."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.events import deliver
from tenants.records.exporting import actions
from tenants.records.exporting.queries import file_of
from tenants.records.importing.formats.sheets import read_sheet
from tenants.records.models import Event, Job
from tenants.records.neutral import neutral, restored
from tenants.records.registry import type_named
from tests.factories import Twin, make
from tests.records.whole.comparing import Export

CONTACTS = ["name", "account", "email", "tags"]


def exported(file_format: str, **asked: Any) -> bytes:
    job = actions.export_list(
        record_type=type_named(asked.pop("type", "contacts")), file_format=file_format, asked=asked, by=context.actor()
    )
    assert job.state == "done", job.error
    with file_of(job) as file:
        return file.read()


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1", "+1 abc"]
)
def test_formulas_are_neutralised_and_restored(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert restored(neutral(text)) == text


@pytest.mark.parametrize("text", ["-5", "+919820011842", "1,5", "it's", "'quoted'", ""])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == restored(neutral(text)) == text


def test_csv_has_ids_and_names_of_relations(company: Twin) -> None:
    rows = list(csv.reader(io.StringIO(exported("csv", columns=CONTACTS).decode("utf-8-sig"))))

    assert rows == [
        ["Record id", "External id", "Name", "Account (id)", "Account", "E-mail", "Tags"],
        [
            str(company.contact_id), "", f"{company.sentinel} Nair", str(company.account_id),
            f"{company.sentinel} Traders", "priya@customer.example", "",
        ],
    ]  # fmt: skip


def test_json_keeps_everything(company: Twin) -> None:
    found = json.loads(exported("json", type="deals"))

    assert len(found) == 1
    assert found[0]["amount"] == "1840000"
    assert found[0]["account"] == {"id": str(company.account_id), "name": f"{company.sentinel} Traders"}


def test_xlsx_has_typed_cells_and_no_formulas(company: Twin) -> None:
    make("contacts", first_name="=HYPERLINK(1)", birthday="1980-04-12", influence=7)
    table = read_sheet(io.BytesIO(exported("xlsx", columns=["name", "birthday", "influence"], sort="name")))

    assert next(table.rows).cells[2:] == ["=HYPERLINK(1)", "1980-04-12", "7"]


def test_pdf_is_a_document_and_has_a_limit(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    assert exported("pdf", columns=CONTACTS).startswith(b"%PDF")
    monkeypatch.setattr(actions, "MOST_PDF_ROWS", 0)
    with pytest.raises(Invalid, match="A PDF has at most 0 rows; this list has 1"):
        exported("pdf")


def test_filter_choice_and_order_are_kept(company: Twin) -> None:
    made = [make("contacts", first_name=name, city="Pune") for name in ("B", "A", "C")]
    tree = {"field": "city", "op": "is", "value": "Pune"}

    ordered = json.loads(exported("json", filter=tree, sort="-name", columns=["name"]))
    chosen = json.loads(exported("json", ids=[str(made[1].pk)], columns=["name"]))

    assert [row["name"] for row in ordered] == ["C", "B", "A"]
    assert [row["name"] for row in chosen] == ["A"]


def test_the_audit_is_told_once(company: Twin) -> None:
    exported("csv")
    event = Event.objects.get(name="records.exported")

    deliver(event)
    deliver(event)

    entry = AuditEntry.objects.get(action="records.exported")
    assert (entry.subject, entry.details["rows"], entry.details["format"]) == ("contacts", 1, "csv")


def test_exports_need_the_verb_and_belong_to_one_person(owner: Client, twins: tuple[Twin, Twin]) -> None:
    answer = owner.post("/exports/new/?type=contacts", {"type": "contacts", "format": "csv"})
    page = answer.headers["Location"]
    file = owner.get(f"{page}file/")
    assert file.headers["Content-Disposition"].startswith('attachment; filename="contacts-')
    assert twins[0].sentinel.encode() in b"".join(file.streaming_content)  # type: ignore[attr-defined]

    with context.inside(twins[0].place):
        Job.objects.filter(kind="export").update(user=None)
    assert owner.get(f"{page}file/").status_code == 404
    assert owner.get("/exports/").status_code == owner.get("/exports/new/").status_code == 200
    reader = Actor(kind="user", name="Reader", grants={"*": frozenset({"view"})})
    with context.inside(twins[0].place, actor=reader), pytest.raises(Denied):
        exported("csv")


def test_the_api_exports_one_type_and_many(twins: tuple[Twin, Twin]) -> None:
    api = twins[0].with_key()
    asked = {"types": ["contacts", "accounts"], "format": "json"}

    made = api.post("/api/v1/exports", asked, content_type="application/json")
    file = api.get(f"/api/v1/exports/{made.json()['id']}/file")

    found = Export(b"".join(file.streaming_content))  # type: ignore[attr-defined]
    assert [name for name in found.parts if name in asked["types"]] == ["accounts", "contacts"]
    assert "deals" not in found.parts
    assert [row["email"] for row in found.rows("contacts")] == ["priya@customer.example"]
    refused = api.post("/api/v1/exports", asked | {"format": "pdf"}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "format")
