"""The wizard in a browser without scripts, the API, and who may not."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied
from tenants.records.importing.google import BadLink, csv_address
from tenants.records.models import CustomField, Job
from tests.factories import Twin
from tests.records.importing.helpers import uploaded

TABLE = b"First name,E-mail,Shoe size\nAsha,a@w.example,41\nRavi,nope,42\n"


def sent(content: bytes = TABLE, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


def test_the_wizard_leads_from_a_file_to_records(owner: Client, twins: tuple[Twin, Twin]) -> None:
    answer = owner.post("/imports/new/", {"type": "contacts", "file": sent()})
    columns_url = answer.headers["Location"]
    page = owner.get(columns_url).content.decode()
    assert page.count("Mapped") == 1
    assert "This is no e-mail address." in page

    answer = owner.post(columns_url, {"target.0": "first_name", "target.1": "email", "target.2": "new:number"})
    details_url = answer.headers["Location"]
    assert owner.get(details_url).status_code == 200
    answer = owner.post(details_url, {"keys": "email", "mode": "both", "repeats": "skip", "overwrites": "all"})
    preview_url = answer.headers["Location"]
    page = owner.get(preview_url).content.decode()
    assert "will be created" in page and "have errors" in page  # noqa: PT018
    with context.inside(twins[0].place):
        assert Contact.objects.filter(email="a@w.example").count() == 0

    answer = owner.post(preview_url)
    page = owner.get(answer.headers["Location"]).content.decode()

    assert "Write an e-mail address, like name@example.com." in page
    with context.inside(twins[0].place):
        assert CustomField.objects.get(label="Shoe size").kind == "number"
        assert Contact.objects.get(email="a@w.example").custom == {"shoe_size": 41}
    errors = owner.get(f"{answer.headers['Location']}errors/")
    assert b"nope" in b"".join(errors.streaming_content)  # type: ignore[attr-defined]
    assert owner.get("/imports/").status_code == 200


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"type": "contacts"}, "Choose a file, or give the link"),
        (
            {"type": "contacts", "url": "http://169.254.169.254/x"},
            "Give a link that begins with https://docs.google.com",
        ),
        ({"type": "contacts", "file": sent(b"\x89PNG\r\n\x1a\n")}, "This is not a table"),
    ],
)
def test_a_bad_upload_comes_back_with_its_reason(owner: Client, data: Any, words: str) -> None:
    answer = owner.post("/imports/new/", data)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_doors_of_imports(client: Client, owner: Client, twins: tuple[Twin, Twin]) -> None:
    assert client.get("/imports/").status_code in (302, 403)
    with context.inside(twins[1].place):
        draft = uploaded(TABLE)
    assert owner.get(f"/imports/{draft.pk}/columns/").status_code == 404
    reader = Actor(kind="user", name="Reader", grants={"*": frozenset({"view"})})
    with context.inside(twins[0].place, actor=reader), pytest.raises(Denied):
        uploaded(TABLE)


def test_the_api_imports_rows_and_tells_faults(twins: tuple[Twin, Twin]) -> None:
    api = twins[0].with_key()
    rows = json.dumps([{"First name": "Asha", "E-mail": "a@w.example"}, {"First name": "B", "E-mail": "nope"}])

    looked = api.post("/api/v1/imports", {"type": "contacts", "rows": rows, "dry_run": "true"})
    assert (looked.status_code, looked.json()["preview"]) == (
        202, [{"type": "contacts", "label": "Contacts", "rows": 2, "created": 1, "failed": 1, "related": 0}],
    )  # fmt: skip
    made = api.post("/api/v1/imports", {"type": "contacts", "file": sent()})

    assert made.status_code == 202, made.content
    job_id = made.json()["id"]
    with context.inside(twins[0].place):
        assert Job.objects.get(pk=job_id).kind == "import"
    assert api.get(f"/api/v1/imports/{job_id}").json()["total"] is None
    assert api.post(f"/api/v1/imports/{job_id}/cancellation").json()["state"] == "stopped"
    assert api.get(f"/api/v1/imports/{looked.json()['id']}/lines").json()["items"][0]["fix"] == (
        "Write an e-mail address, like name@example.com."
    )


@pytest.mark.parametrize("body", [{}, {"type": "nothing", "rows": "[]"}, {"type": "contacts", "rows": "{}"},
                                  {"type": "contacts", "rows": '[{"a": 1}]', "mapping": "["}])  # fmt: skip
def test_the_api_refuses_nonsense(twins: tuple[Twin, Twin], body: Any) -> None:
    answer = twins[0].with_key().post("/api/v1/imports", body)

    assert answer.status_code in (404, 422)
    assert answer.json()["detail"]


# Google Sheets


class Sheets(BaseHTTPRequestHandler):
    """Stands in for Google: a sheet, one that is not published, one that leads elsewhere."""

    def do_GET(self) -> None:
        if "elsewhere" in self.path:
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/secret")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if "private" in self.path else "text/csv")
        self.end_headers()
        self.wfile.write(TABLE)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def sheets(settings: Any) -> Any:
    server = HTTPServer(("127.0.0.1", 0), Sheets)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    settings.IMPORT_SHEET_ORIGINS = [origin]
    yield origin
    server.shutdown()
    server.server_close()


def test_a_published_sheet_is_fetched(sheets: str, owner: Client) -> None:
    answer = owner.post("/imports/new/", {"type": "contacts", "url": f"{sheets}/spreadsheets/d/abc/edit#gid=7"})

    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert "Shoe size" in owner.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize("name", ["private", "elsewhere"])
def test_sheets_that_are_private_or_lead_elsewhere_are_refused(sheets: str, owner: Client, name: str) -> None:
    answer = owner.post("/imports/new/", {"type": "contacts", "url": f"{sheets}/spreadsheets/d/{name}/edit"})

    assert answer.status_code == 422
    assert "This sheet is not published." in answer.content.decode()


@pytest.mark.parametrize(
    "url",
    ["http://docs.google.com/spreadsheets/d/a/edit", "https://docs.google.com.evil.example/spreadsheets/d/a",
     "https://docs.google.com@evil.example/spreadsheets/d/a", "file:///etc/passwd", "https://docs.google.com/document/d/a"],
)  # fmt: skip
def test_other_links_are_refused(url: str) -> None:
    with pytest.raises(BadLink):
        csv_address(url)
