"""Pages and API of backups: in the control panel, and for an agency's own companies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants.crm.models import Contact
from tenants.fleet.models import Backup, BackupRule, Operation, Restore
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.ids import uuid7
from tests.factories import Twin


def kept(twin: Twin, *, days_ago: int = 0, **values: Any) -> Backup:
    return Backup.objects.create(
        company_id=twin.company.pk, agency_id=twin.agency.pk, subject=twin.company.name, state="kept",
        made_at=timezone.now() - timedelta(days=days_ago), checked_at=timezone.now(), rows=1234,
        place=f"{twin.company.pk}/{uuid7()}.backup", **values,
    )  # fmt: skip


def beside(twin: Twin, **values: Any) -> Restore:
    """The company's own schema stands for a copy of it."""
    return Restore.objects.create(
        company_id=twin.company.pk, agency_id=twin.agency.pk, subject=twin.company.name, backup_id=uuid7(),
        made_at=timezone.now(), schema_name=twin.company.schema_name, state="beside", is_exact=True, **values,
    )  # fmt: skip


@pytest.fixture(params=["control", "agency"])
def face(request: Any, admin: Client, boss: Client, twins: tuple[Twin, Twin]) -> tuple[Client, str]:
    """A browser at each door, and where the pages of company A begin."""
    client, start = (admin, "/control") if request.param == "control" else (boss, "")
    return client, f"{start}/companies/{twins[0].company.pk}"


def test_the_list_shows_state_and_rule_and_costs_the_same_for_many(
    face: tuple[Client, str], twins: tuple[Twin, Twin]
) -> None:
    client, start = face
    with context.public():
        kept(twins[0], fault="cut off")
    client.get(f"{start}/backups/")  # who asks and which host it is are looked up once
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(f"{start}/backups/")
        counts.append(len(queries))
        with context.public():
            kept(twins[0], days_ago=1)
            kept(twins[0], days_ago=2)

    text = page.content.decode()
    assert (page.status_code, counts[0] - counts[1]) == (200, 0)
    assert ("Cannot be read" in text, "Checked" in text, "7 days, 4 weeks and 6 months" in text) == (True, True, True)


def test_a_backup_is_begun_and_shown_while_it_runs(face: tuple[Client, str], twins: tuple[Twin, Twin]) -> None:
    client, start = face
    assert client.post(f"{start}/backups/").status_code == 302
    with context.public():
        operation = Operation.objects.get(company_id=twins[0].company.pk)
        Operation.objects.update(state="running", done=500, total=1_000)

    pulse = client.get(f"{start}/backups/", headers={"hx-request": "true"}).content.decode()

    assert (operation.kind, "500 of 1000" in pulse, "<html" in pulse) == ("backup", True, False)
    assert "Reading the company" in pulse
    assert client.post(f"{start}/backups/").status_code == 409


def test_the_page_of_a_backup_and_of_the_copy(face: tuple[Client, str], twins: tuple[Twin, Twin]) -> None:
    client, start = face
    with context.public():
        backup = kept(twins[0])
    assert "Restore beside" in client.get(f"{start}/backups/{backup.pk}/").content.decode()
    assert client.get(f"{start}/copy/").status_code == 404
    with context.public():
        beside(twins[0])

    assert "Restore beside" not in client.get(f"{start}/backups/{backup.pk}/").content.decode()
    page = client.get(f"{start}/copy/").content.decode()
    assert ("As in the backup" in page, "Swap" in page) == (True, True)
    assert "both are the same" in client.get(f"{start}/copy/differences/").content.decode()
    assert client.post(f"{start}/copy/swap/").status_code == 302
    with context.public():
        assert list(Operation.objects.values_list("kind", flat=True)) == ["swap"]


def test_a_rule_of_its_own_and_none_again(face: tuple[Client, str], twins: tuple[Twin, Twin]) -> None:
    client, start = face
    values = {"is_on": "on", "hour": "3", "daily": "5", "weekly": "0", "monthly": "1"}
    assert client.post(f"{start}/backups/rule/", values).status_code == 302
    with context.public():
        assert list(BackupRule.objects.values_list("hour", "daily", "weekly", "monthly")) == [(3, 5, 0, 1)]
    assert client.post(f"{start}/backups/rule/", values | {"daily": "0"}).status_code == 422
    assert client.post(f"{start}/backups/rule/", values | {"follows": "on"}).status_code == 302
    with context.public():
        assert BackupRule.objects.count() == 0


def test_records_are_chosen_and_brought_back(face: tuple[Client, str], twins: tuple[Twin, Twin]) -> None:
    client, start = face
    with context.public():
        beside(twins[0])
    assert client.post(f"{start}/copy/records/").status_code == 422
    assert client.post(f"{start}/copy/records/", {"records": ["nonsense"]}).status_code == 422
    assert client.post(f"{start}/copy/records/", {"records": [f"contacts:{twins[0].contact_id}"]}).status_code == 302
    with context.inside(twins[0].place):
        assert Contact.objects.get().version == 1
        assert AuditEntry.objects.filter(action="company.records_picked").count() == 1


def test_another_agencys_company_is_not_there(boss: Client, twins: tuple[Twin, Twin]) -> None:
    with context.public():
        backup = kept(twins[1])
    start = f"/companies/{twins[1].company.pk}"
    own = f"/companies/{twins[0].company.pk}"
    for url in (f"{start}/backups/", f"{start}/backups/{backup.pk}/", f"{own}/backups/{backup.pk}/", f"{start}/copy/"):
        assert boss.get(url).status_code == 404
    assert boss.post(f"{own}/backups/{backup.pk}/deletion/").status_code == 404


def test_the_company_page_tells_of_the_last_backup(face: tuple[Client, str], twins: tuple[Twin, Twin]) -> None:
    client, start = face
    assert "coming night" in client.get(f"{start}/").content.decode()
    with context.public():
        kept(twins[0])
    assert f"{start}/backups/" in client.get(f"{start}/").content.decode()


def test_the_api_lists_makes_keeps_and_restores(with_key: Callable[[Twin], Client], twins: tuple[Twin, Twin]) -> None:
    api, start = with_key(twins[0]), f"/api/v1/companies/{twins[0].company.pk}"
    with context.public():
        rows = [kept(twins[0], days_ago=days) for days in (2, 1, 0)]

    page = api.get(f"{start}/backups?limit=2").json()
    rest = api.get(f"{start}/backups?limit=2&cursor={page['next']}").json()
    assert [one["id"] for one in page["items"] + rest["items"]] == [str(row.pk) for row in reversed(rows)]
    assert (rest["next"], page["items"][0]["rows"]) == (None, 1234)

    begun = api.post(f"{start}/copy", {"backup_id": str(rows[0].pk)}, content_type="application/json")
    assert (begun.status_code, begun.json()["kind"], begun.json()["state"]) == (202, "restore", "waiting")
    asked = api.get(f"{start}/backup-operations/{begun.json()['id']}")
    assert asked.json() == begun.json()
    assert api.get(f"{start}/copy").json()["state"] == "making"
    assert api.post(f"{start}/copy/swap").status_code == 409


def test_the_api_sets_rules_and_names_bad_fields(with_key: Callable[[Twin], Client], twins: tuple[Twin, Twin]) -> None:
    api, url = with_key(twins[0]), f"/api/v1/companies/{twins[0].company.pk}/backups/rule"
    usual = {"is_on": True, "hour": None, "daily": 7, "weekly": 4, "monthly": 6}
    assert api.get(url).json() == usual
    assert api.put(url, {"daily": 3, "hour": 4}, content_type="application/json").json() == usual | {
        "daily": 3, "hour": 4,
    }  # fmt: skip
    refused = api.put(url, {"daily": 0}, content_type="application/json")
    assert (refused.status_code, "daily" in refused.json()["errors"]) == (422, True)
    assert api.delete(url).json() == usual


def test_the_api_compares_and_picks(with_key: Callable[[Twin], Client], twins: tuple[Twin, Twin]) -> None:
    api, start = with_key(twins[0]), f"/api/v1/companies/{twins[0].company.pk}"
    assert api.get(f"{start}/copy").status_code == 404
    with context.public():
        beside(twins[0])
    assert api.get(f"{start}/copy/differences").json() == {"types": [], "others": []}
    wanted = {"records": [{"record_type": "contacts", "id": str(twins[0].contact_id)}]}
    picked = api.post(f"{start}/copy/records", wanted, content_type="application/json").json()
    assert [one["outcome"] for one in picked] == ["same"]
