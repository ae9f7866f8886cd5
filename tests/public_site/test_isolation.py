"""Isolation reports in the portal, over the API and in the control panel."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants.fleet.isolation.queries import signed
from tenants.fleet.models import IsolationReport, Operation
from tenants.fleet.signing import checked
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tests.factories import Twin
from tests.isolation.samples import isolation_report
from tests.isolation.test_ring import attacked

Keyed = Callable[..., Client]


@pytest.fixture
def report(twins: tuple[Twin, Twin]) -> IsolationReport:
    with context.public():
        return isolation_report(twins[0].agency)


@pytest.fixture
def red(twins: tuple[Twin, Twin]) -> IsolationReport:
    with context.public():
        attacked(twins[0].company, days_ago=0, verdict="red")
        return isolation_report(twins[0].agency, "red")


def test_without_a_report_the_page_says_when_one_comes(boss: Client) -> None:
    assert "No report yet" in boss.get("/isolation/").content.decode()


def test_the_list_leads_to_the_report_and_its_files(boss: Client, report: IsolationReport) -> None:
    assert f'href="/isolation/{report.pk}/"' in boss.get("/isolation/").content.decode()
    page = boss.get(f"/isolation/{report.pk}/").content.decode()

    assert all(words in page for words in ("Nothing got through", "Cache", "Known gaps", report.signature))
    assert f'href="/isolation/{report.pk}/report.pdf"' in page


def test_the_list_asks_the_database_no_more_for_three(
    boss: Client, twins: tuple[Twin, Twin], report: IsolationReport
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert boss.get("/isolation/").status_code == 200
        return len([one for one in asked if "set_config" not in one["sql"]])

    boss.get("/isolation/")
    one = count()
    with context.public():
        isolation_report(twins[0].agency)
        isolation_report(twins[0].agency)

    assert count() == one


def test_the_signed_file_is_good(boss: Client, report: IsolationReport) -> None:
    answer = boss.get(f"/isolation/{report.pk}/report.json")

    assert answer["Content-Disposition"] == 'attachment; filename="isolation-2026-11-21.json"'
    with context.public():
        assert checked(answer.content).is_good is True
    assert json.loads(answer.content)["report"]["id"] == str(report.pk)


def test_the_pdf_carries_the_brand_and_the_signature(boss: Client, red: IsolationReport) -> None:
    from pypdf import PdfReader

    answer = boss.get(f"/isolation/{red.pk}/report.pdf")
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    for words in ("AlphaSuite", "Alpha Agency", "Something got through", "T20", "the cache of the house"):
        assert words in text
    assert red.signature[:20] in text.replace("\n", "")


def test_a_report_of_another_agency_is_not_there(
    twins: tuple[Twin, Twin], boss: Client, with_key: Keyed, public: None
) -> None:
    foreign = isolation_report(twins[1].agency)
    paths = ("", "report.json", "report.pdf")

    assert [boss.get(f"/isolation/{foreign.pk}/{path}").status_code for path in paths] == [404, 404, 404]
    assert with_key(twins[0]).get(f"/api/v1/isolation-reports/{foreign.pk}").status_code == 404


def upload(raw: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("report.json", raw)}


def test_checking_a_file(boss: Client, twins: tuple[Twin, Twin], report: IsolationReport) -> None:
    with context.public():
        mine, theirs = signed(report), signed(isolation_report(twins[1].agency))
    changed = {**mine, "report": {**mine["report"], "verdict": "red"}}
    wanted = {
        "yours and unchanged": json.dumps(mine).encode(),
        "another agency’s": json.dumps(theirs).encode(),
        "was changed, or is not ours": json.dumps(changed).encode(),
    }

    for words, raw in wanted.items():
        answer = boss.post("/isolation/check/", upload(raw))
        assert (answer.status_code, words in answer.content.decode()) == (200, True), words


@pytest.mark.parametrize(("form", "words"), [({}, "Choose a file."), (upload(b"no"), "This is no report of ours")])
def test_checking_nothing_says_what_to_bring(boss: Client, form: dict[str, SimpleUploadedFile], words: str) -> None:
    answer = boss.post("/isolation/check/", form)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_public_keys_are_open_to_everybody(stranger: Client, report: IsolationReport) -> None:
    [key] = stranger.get("/.well-known/isolation-keys.json").json()["keys"]

    assert (key["id"], key["algorithm"]) == (str(report.key_id), "Ed25519")
    assert key["pem"].startswith("-----BEGIN PUBLIC KEY-----")


def test_an_owner_has_the_own_companies_attacked_once_an_hour(
    boss: Client, twins: tuple[Twin, Twin], public: None
) -> None:
    assert boss.post("/isolation/attack/").status_code == 302
    operation = Operation.objects.get(kind="isolation")
    assert (operation.agency_id, operation.arguments) == (twins[0].agency.pk, {"companies": 50, "rests": True})
    assert AuditEntry.objects.filter(action="isolation.asked").count() == 1

    Operation.objects.update(state="done")
    isolation_report(twins[0].agency)
    boss.post("/isolation/attack/")

    assert Operation.objects.filter(kind="isolation").count() == 1


def test_the_api_lists_and_gives_signed_reports(
    twins: tuple[Twin, Twin], with_key: Keyed, report: IsolationReport
) -> None:
    api = with_key(twins[0])
    with context.public():
        newer = isolation_report(twins[0].agency, "red")

    first = api.get("/api/v1/isolation-reports?limit=1").json()
    rest = api.get("/api/v1/isolation-reports", {"cursor": first["next"]}).json()
    assert [(one["id"], one["verdict"], one["findings"]) for one in first["items"]] == [(str(newer.pk), "red", 1)]
    assert [one["id"] for one in rest["items"]] == [str(report.pk)]
    assert rest["next"] is None
    given = api.get(f"/api/v1/isolation-reports/{report.pk}")
    with context.public():
        assert checked(given.content).is_good is True
    assert api.get("/api/v1/isolation-reports/keys").json()["items"][0]["id"] == str(report.key_id)
    assert api.post("/api/v1/isolation-reports").status_code == 409


def test_the_control_panel_shows_all_and_raises_the_alarm(
    admin: Client, twins: tuple[Twin, Twin], red: IsolationReport
) -> None:
    with context.public():
        green = isolation_report(twins[1].agency)

    for path in ("/control/", "/control/isolation/"):
        assert "got through" in admin.get(path).content.decode()
    listed = admin.get("/control/isolation/").content.decode()
    assert all(str(one.pk) in listed for one in (red, green))
    assert str(green.pk) not in admin.get("/control/isolation/?verdict=red").content.decode()
    assert "Something got through" in admin.get(f"/control/isolation/{red.pk}/").content.decode()
    assert [admin.get(f"/control/isolation/{red.pk}/report.{kind}").status_code for kind in ("json", "pdf")] == [
        200
    ] * 2


def test_the_control_panel_begins_an_attack_once(admin: Client, twins: tuple[Twin, Twin], public: None) -> None:
    assert admin.post("/control/isolation/attack/", {"companies": "2"}).status_code == 302
    assert Operation.objects.get(kind="isolation").arguments == {"companies": 2, "rests": True}

    again = admin.post("/control/isolation/attack/", {"companies": "2"})

    assert (again.status_code, "right now" in again.content.decode()) == (422, True)


@pytest.mark.parametrize("count", ["0", "-1", "x", "1000000000"])
def test_a_wrong_number_of_companies_is_refused(admin: Client, count: str) -> None:
    assert admin.post("/control/isolation/attack/", {"companies": count}).status_code == 422
