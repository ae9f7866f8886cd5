"""The audit read by people and programs: who may, what is found, what leaves, what is written down by itself."""

import csv
import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.directory.anchors import drop_anchor
from tenants.identity.actions import audit
from tenants.identity.models import AuditEntry
from tenants.identity.receivers import note_deletion
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.actions import delete_record
from tenants.records.bin.actions import purge_record
from tenants.records.models import Event
from tenants.records.registry import type_named
from tests.factories import Twin, client_for, make
from tests.identity.conftest import a_user

PAGE = "/settings/audit/"
API = "/api/v1/audit"


def planted(twin: Twin) -> None:
    for number in range(3):
        audit("test.done", by=robot("Robot Rita"), subject=f"subject-{number}", secret_of=number)
    audit("sign_in.refused", by=robot("Visitor"), subject="nobody@x.example")


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("manager", 403), ("sales-rep", 403), ("read-only", 403)])
def test_only_those_who_change_settings_read_it(company: Twin, role: str, status: int) -> None:
    browser = client_for(a_user(company, role), company.host)

    for path in (PAGE, f"{PAGE}export.csv", API, f"{API}/verification", f"{API}/export"):
        assert browser.get(path).status_code == status, path


def test_anonymous_is_led_to_sign_in(company: Twin, client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert client.get(API).status_code == 401


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("?what=test", ["subject-2", "subject-1", "subject-0"]),
        ("?what=test.done&about=CT-1", ["subject-1"]),
        ("?what=sign_in", ["nobody@x.example"]),
        ("?about=Robot Rita", ["subject-2", "subject-1", "subject-0"]),
        ("?what=test&since=2999-01-01", []),
        ("?what=test&until=2000-01-01", []),
        ("?what=tes", []),
        ("?what=test&who=01890a5d-ac96-774b-bcce-b302099a8057", []),
    ],
)
def test_filters(company: Twin, owner: Client, query: str, subjects: list[str]) -> None:
    planted(company)

    page = owner.get(PAGE + query)

    assert [line["entry"].subject for line in page.context["lines"]] == subjects
    assert [row["subject"] for row in company.with_key().get(API + query).json()["items"]] == subjects


def test_wrong_filter_is_explained(company: Twin, owner: Client) -> None:
    page = owner.get(f"{PAGE}?who=x&since=2026-02-31&until=yesterday")

    assert page.status_code == 422
    assert set(page.context["errors"]) == {"who", "since", "until"}
    assert owner.get(f"{PAGE}?before=zzz").status_code == 200


def test_pages_go_on_where_they_ended(company: Twin) -> None:
    planted(company)
    api = company.with_key()

    first = api.get(f"{API}?limit=3").json()
    second = api.get(f"{API}?limit=3&before={first['next']}").json()

    numbers = [row["number"] for row in first["items"] + second["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_the_same_for_1_and_3_rows(
    company: Twin, owner: Client, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        audit("test.done", by=robot(), subject=f"{number}")
    owner.get(PAGE)

    with django_assert_num_queries(4):
        owner.get(f"{PAGE}?what=test")


def test_export_has_every_column_and_is_noted(company: Twin, owner: Client) -> None:
    planted(company)
    audit("test.formula", by=robot("=cmd|' /C calc'!A0"), subject="@SUM(1)")

    answer = owner.get(f"{PAGE}export.csv?what=test")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))  # type: ignore[arg-type]
    assert [row["subject"] for row in rows] == ["subject-0", "subject-1", "subject-2", "'@SUM(1)"]
    assert rows[-1]["actor_name"].startswith("'=")
    assert rows[0]["digest"] == AuditEntry.objects.get(subject="subject-0").digest
    told = AuditEntry.objects.get(action="audit.exported")
    assert (told.details, told.machine) == ({"rows": 4, "format": "csv"}, "127.0.0.1")
    found = json.loads(b"".join(owner.get(f"{PAGE}export.json?what=test").streaming_content))  # type: ignore[arg-type]
    assert [row["details"] for row in found[:2]] == [{"secret_of": 0}, {"secret_of": 1}]
    assert owner.get(f"{PAGE}export.exe").status_code == 422


def test_check_says_what_it_found(company: Twin, owner: Client) -> None:
    last = audit("test.done", by=robot())
    drop_anchor(context.place(), number=last.number, digest=last.digest)

    page = owner.post(f"{PAGE}verification/", follow=True).content.decode()

    assert "are as they were written" in page
    assert company.with_key().get(f"{API}/verification").json()["holds"]


def test_deletions_of_people_are_noted_once(company: Twin) -> None:
    by = company.owner().actor
    contact = make("contacts", first_name="Gone")
    delete_record(record=contact, by=by)
    tell_twice()
    purge_record(record_type=type_named("contacts"), record_id=contact.pk, by=by)
    tell_twice()

    rows = AuditEntry.objects.filter(subject=f"contacts:{contact.pk}").order_by("number")
    assert [row.action for row in rows] == ["records.deleted", "records.purged"]
    assert {row.user_id for row in rows} == {by.user_id}


def test_what_the_house_deletes_is_not_in_the_audit(company: Twin) -> None:
    delete_record(record=make("contacts", first_name="Gone"), by=robot())
    tell_twice()

    assert not AuditEntry.objects.filter(action="records.deleted").exists()


def tell_twice() -> None:
    for event in [*Event.objects.all(), *Event.objects.all()]:
        note_deletion(event)


def test_address_of_the_request_is_written_down(company: Twin, client: Client) -> None:
    client.post("/sign-in/", {"email": "x@y.example", "password": "wrong"}, REMOTE_ADDR="203.0.113.7")
    client.post("/sign-in/", {"email": "z@y.example", "password": "wrong"}, REMOTE_ADDR="no address")

    rows = AuditEntry.objects.filter(action="sign_in.refused").order_by("number")
    assert [row.machine for row in rows] == ["203.0.113.7", ""]
    assert settings.AUDIT_DAYS == 730
