"""Files: what they are found to be, who sees them, how they are served, when they go."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records.files import actions
from tenants.records.files.kinds import clean_name, kind_of
from tenants.records.files.queries import NOWHERE, file_for, files_of
from tenants.records.models import File
from tenants.records.notes.actions import add_note
from tenants.records.registry import type_named
from tests.factories import Twin
from tests.records.people import colleague

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    default_storage.__dict__.pop("base_location", None)
    settings.MEDIA_ROOT = str(tmp_path)


def keep(name: str = "roof.png", data: bytes = PNG, *, record_id: Any = None, by: Any = None) -> File:
    upload = SimpleUploadedFile(name, data)
    return actions.keep_file(upload=upload, record_type=type_named("contacts"), record_id=record_id, by=by or robot())


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PNG, "x.txt", "image/png"),
        (b"%PDF-1.7 ...", "x.png", "application/pdf"),
        (b"<svg onload=x()>", "x.png", "image/svg+xml"),
        (b"  <!DOCTYPE html><p>", "x.txt", "text/html"),
        (b"a,b\n1,2", "x.csv", "text/csv"),
        (b"PK\x03\x04 ...", "x.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04 ...", "x.zip", "application/zip"),
        (b"\x00\x01\x02", "x.txt", "application/octet-stream"),
        ("हिन्दी".encode()[:-1], "x.txt", "text/plain"),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, name: str, kind: str) -> None:
    assert kind_of(data, name) == kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\tmp\\plan.pdf", "plan.pdf"),
        ("a\x00b\u202egnp.exe", "abgnp.exe"),
        ("  ", "File"),
        ("x" * 300 + ".pdf", "x" * 176 + ".pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_kept_with_a_record(company: Twin) -> None:
    file = keep(record_id=company.contact_id)

    assert (file.name, file.content_type, file.size, len(file.digest)) == ("roof.png", "image/png", 48, 64)
    assert list(files_of(robot(), Contact.objects.get(pk=company.contact_id))) == [file]


def test_too_large_or_empty_is_refused(company: Twin, settings: Any) -> None:
    settings.FILE_MOST_MEGABYTES = 1

    for data in (b"", b"x" * (1024 * 1024 + 1)):
        with pytest.raises(Invalid) as refusal:
            keep(data=data)
        assert list(refusal.value.errors) == ["file"]
    assert File.objects.count() == 0


def test_a_private_notes_file_is_private(company: Twin) -> None:
    author, other = colleague("Asha Rao"), colleague("Kabir Mehta")
    contact = Contact.objects.get(pk=company.contact_id)
    file = keep(record_id=contact.pk, by=author.actor)
    add_note(record=contact, body="Mine", visibility="private", files=[file.pk], by=author.actor)

    assert file_for(author.actor, file.pk) == file
    assert list(files_of(other.actor, contact)) == []
    with pytest.raises(NotFound):
        file_for(other.actor, file.pk)


def test_loose_files_are_their_bringers_and_go_after_a_day(company: Twin) -> None:
    author, other = colleague("Asha Rao"), colleague("Kabir Mehta")
    file = keep(by=author.actor)
    assert file.record_id == NOWHERE

    assert file_for(author.actor, file.pk) == file
    with pytest.raises(NotFound):
        file_for(other.actor, file.pk)
    assert actions.tidy_files() == 0
    File.objects.filter(pk=file.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert actions.tidy_files() == 1
    assert actions.tidy_files() == 0
    assert not default_storage.exists(file.key)


def test_adopted_files_stay(company: Twin) -> None:
    file = keep()
    actions.adopt(record_type="contacts", record_id=company.contact_id, file_ids=[file.pk])
    File.objects.filter(pk=file.pk).update(created_at=timezone.now() - timedelta(days=3))

    assert actions.tidy_files() == 0
    assert File.objects.get(pk=file.pk).record_id == company.contact_id


def test_deleted_with_undo_by_who_may(company: Twin) -> None:
    author, other = colleague("Asha Rao"), colleague("Kabir Mehta")
    file = keep(record_id=company.contact_id, by=author.actor)

    with pytest.raises(Denied):
        actions.delete_file(file=file, by=other.actor)
    actions.delete_file(file=file, by=author.actor)
    with pytest.raises(NotFound):
        file_for(author.actor, file.pk)
    actions.restore_file(file=file_for(author.actor, file.pk, is_deleted=True), by=author.actor)
    assert file_for(author.actor, file.pk) == file


@pytest.mark.parametrize(
    ("name", "data", "is_inline"),
    [("a.png", PNG, True), ("a.pdf", b"%PDF-1.7", True), ("a.svg", b"<svg>", False), ("a.html", b"<html>", False)],
)
def test_only_harmless_kinds_are_shown(twins: tuple[Twin, Twin], name: str, data: bytes, is_inline: bool) -> None:
    twin = twins[0]
    with context.inside(twin.place, actor=robot()):
        file = keep(name, data, record_id=twin.contact_id)

    answer = twin.signed_in().get(f"/files/{file.pk}/")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("inline" if is_inline else "attachment")
    assert (answer["Content-Type"] == "application/octet-stream") is not is_inline
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert twins[1].signed_in().get(f"/files/{file.pk}/").status_code == 404


def test_the_api(twins: tuple[Twin, Twin]) -> None:
    twin = twins[0]
    api, about = twin.with_key(), {"record_type": "contacts", "record_id": str(twin.contact_id)}

    made = api.post("/api/v1/files", {**about, "file": SimpleUploadedFile("a b.png", PNG)})
    assert made.status_code == 201
    path = f"/api/v1/files/{made.json()['id']}"

    assert [one["name"] for one in api.get("/api/v1/files", about).json()["items"]] == ["a b.png"]
    assert b"".join(api.get(f"{path}/content").streaming_content) == PNG
    assert twins[1].with_key().get(path).status_code == 404
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore").json()["name"] == "a b.png"
    empty = api.post("/api/v1/files", {**about, "file": SimpleUploadedFile("a.png", b"")})
    assert (empty.status_code, empty.json()["field"]) == (422, "file")
