"""Who may take a company out or bring one in, and what a file must not do."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Denied
from tenants.records.events import deliver
from tenants.records.exporting import actions as exporting
from tenants.records.importing import actions as importing
from tenants.records.importing.limits import BadFile
from tenants.records.models import CustomField, Event, File, Job, JobLine, Tag
from tenants.records.registry import record_types
from tests.factories import Twin
from tests.records.whole.comparing import Export
from tests.records.whole.moving import taken_out, worked


def rewritten(content: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The archive with each member changed or, where there is None, left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            found = change(name, source.read(name))
            if found is not None:
                archive.writestr(name, found)
        for name, found in more.items():
            archive.writestr(name, found)
    return target.getvalue()


def upload(content: bytes, by: Actor | None = None) -> Job:
    by = by or robot()
    return importing.upload(file=ContentFile(content), name="all.zip", type_name="", by=by, size=len(content))


def plain(name: str, content: bytes) -> bytes | None:
    return content


def with_manifest(**changes: Any) -> Callable[[str, bytes], bytes | None]:
    return lambda name, content: (
        json.dumps(json.loads(content) | changes).encode() if name == "manifest.json" else content
    )


def test_everything_needs_the_right_to_export_every_type(company: Twin) -> None:
    everywhere = {one.name: frozenset({"view", "export"}) for one in record_types()}
    most = Actor(kind="user", name="Most", grants={**everywhere, "deals": frozenset({"view"})})

    with context.acting(most), pytest.raises(Denied):
        exporting.export_everything(file_format="json", by=most)

    assert not Job.objects.filter(kind="export").exists()


def test_bringing_in_needs_the_settings(company: Twin) -> None:
    content = taken_out(company)
    rep = Actor(kind="user", name="Rep", grants={"*": frozenset({"view", "create", "edit"}), "settings": frozenset()})

    with context.acting(rep), pytest.raises(Denied):
        upload(content, by=rep)

    assert not Job.objects.filter(kind="import_preview").exists()


def test_the_audit_is_told(company: Twin) -> None:
    taken_out(company)

    deliver(Event.objects.get(name="records.exported"))

    entry = AuditEntry.objects.get(action="records.exported")
    assert entry.subject == ", ".join(json.loads(json.dumps(Job.objects.get(kind="export").params["types"])))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (with_manifest(version=2), "made by a newer version"),
        (with_manifest(kind="else"), "manifest of this archive cannot be read"),
        (with_manifest(parts="x"), "manifest of this archive cannot be read"),
        (with_manifest(source="x"), "manifest of this archive cannot be read"),
        (lambda name, content: None if name == "manifest.json" else content, "archive is no workbook"),
        (lambda name, content: b"[" if name == "manifest.json" else content, "manifest of this archive cannot be read"),
    ],
)
def test_what_is_no_export_of_ours_is_refused(company: Twin, change: Any, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        upload(rewritten(taken_out(company), change))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_named_twice_is_refused(company: Twin) -> None:
    with pytest.raises(BadFile, match="no export of a company"):
        upload(rewritten(taken_out(company), plain, **{"contacts.json": b"[]"}))


def test_members_that_share_their_bytes_are_refused(company: Twin) -> None:
    """A table of contents that lists the same stored megabyte a thousand times."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("files/0", b"x" * 100_000)
        first = archive.infolist()[0]
        for number in range(1, 50):
            again = zipfile.ZipInfo(f"files/{number}")
            again.header_offset, again.file_size, again.compress_size = 0, first.file_size, first.compress_size
            again.CRC = first.CRC
            archive.filelist.append(again)

    with pytest.raises(BadFile, match="unpacks to far more"):
        upload(target.getvalue())


def test_names_that_lead_elsewhere_are_never_followed(company: Twin) -> None:
    content = taken_out(company)
    parts = [one | {"file": "../../etc/passwd"} for one in Export(content).manifest["parts"]]

    draft = upload(rewritten(content, with_manifest(parts=parts), **{"../../evil": b"x"}))

    assert draft.state == "done"
    assert worked(importing.start_preview(draft=draft, by=robot())).counts.get("failed") is None


def test_own_fields_of_unknown_kinds_and_files_of_other_bytes_are_refused(company: Twin) -> None:
    content = taken_out(company)
    field: dict[str, Any] = {
        "id": None,
        "record_type": "contacts",
        "key": "x",
        "label": "X",
        "kind": "shell",
        "options": {},
    }
    file: dict[str, Any] = {"id": "019f0000-0000-7000-8000-000000000009", "record_type": "contacts",
            "record_id": str(company.contact_id), "name": "a.txt", "size": 3, "digest": "0" * 64}  # fmt: skip
    rows: dict[str, list[dict[str, Any]]] = {"own_fields.json": [field], "files.json": [file]}
    parts = [
        one | ({"rows": 1, "columns": list(rows[one["file"]][0])} if one["file"] in rows else {})
        for one in Export(content).manifest["parts"]
    ]

    def change(name: str, found: bytes) -> bytes | None:
        return json.dumps(rows[name]).encode() if name in rows else with_manifest(parts=parts)(name, found)

    draft = upload(rewritten(content, change, **{f"files/{file['id']}": b"abc"}))
    job = worked(importing.start_import(draft=draft, by=robot()))

    lines = JobLine.objects.filter(job=job, outcome="failed")
    assert {(line.name, line.field) for line in lines} == {("Own fields", "kind"), ("Files: a.txt", "digest")}
    assert not CustomField.objects.exists()
    assert not File.objects.exists()


def test_the_api_takes_out_and_brings_in(twins: tuple[Twin, Twin]) -> None:
    made = (
        twins[0]
        .with_key()
        .post("/api/v1/exports", {"everything": True, "format": "csv"}, content_type="application/json")
    )
    assert made.status_code == 202, made.content
    file = twins[0].with_key().get(f"/api/v1/exports/{made.json()['id']}/file")
    content = b"".join(file.streaming_content)  # type: ignore[attr-defined]

    upload = io.BytesIO(content)
    upload.name = "all.zip"
    taken = twins[1].with_key().post("/api/v1/imports", {"file": upload, "dry_run": "true"})

    assert taken.status_code == 202, taken.content
    counts = {one["type"]: one.get("created") for one in taken.json()["preview"]}
    assert (counts["contacts"], counts["accounts"], counts["deals"]) == (1, 1, 1)
    refused = twins[0].with_key().post("/api/v1/exports", {"format": "csv"}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, "types")


def test_the_pages_lead_through(owner: Client, twins: tuple[Twin, Twin]) -> None:
    page = owner.get("/exports/new/?type=all")
    assert "Export everything" in page.content.decode()

    sent = owner.post("/exports/new/", {"type": "all", "format": "json", "types": [one.name for one in record_types()]})
    file = owner.get(f"{sent.headers['Location']}file/")
    upload = io.BytesIO(b"".join(file.streaming_content))  # type: ignore[attr-defined]
    upload.name = "all.zip"
    draft = owner.post("/imports/new/", {"type": "all", "file": upload})
    look = owner.get(draft.headers["Location"]).content.decode()

    assert "are there already, unchanged" in look
    assert owner.post(draft.headers["Location"]).status_code == 302


def test_imported_tags_become_words_of_the_vocabulary(company: Twin) -> None:
    from tests.records.importing.helpers import previewed

    draft = previewed('Name,Tags\nA B,"north, South"\nC D,NORTH\n')
    importing.start_import(draft=draft, by=context.actor())

    assert sorted(Tag.objects.values_list("name", flat=True)) == ["South", "north"]
