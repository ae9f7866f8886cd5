"""The control panel: for platform admins alone."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from public_site.agency.queries import counts_by_status
from public_site.control.queries import agencies_matching
from public_site.control.tasks import note_beat
from tenants.directory.actions import create_agency
from tenants.directory.models import Agency, Company
from tenants.fleet.actions import create_company
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.fair import lanes
from tenants.kernel.fair.lanes import Backlog
from tests.factories import Twin, client_for
from tests.public_site.conftest import boss_of

PAGES = ["/control/", "/control/agencies/", "/control/companies/", "/control/domains/", "/control/health/"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_admins_only(twins: tuple[Twin, Twin], admin: Client, platform: Client, path: str) -> None:
    with context.public():
        member = client_for(boss_of(twins[0]).user, settings.PLATFORM_DOMAIN)

    assert admin.get(path).status_code == 200
    assert platform.get(path).status_code == 302
    assert member.get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_there_is_no_control_panel_on_other_faces(
    twins: tuple[Twin, Twin], boss: Client, owner: Client, path: str
) -> None:
    assert (boss.get(path).status_code, owner.get(path).status_code) == (404, 404)


@pytest.mark.parametrize(
    ("path", "queries"),
    [("/control/agencies/", 6), ("/control/companies/", 7), ("/control/domains/", 9), ("/control/", 10)],
)
def test_lists_cost_the_same_for_more_rows(
    admin: Client, django_assert_num_queries: Any, path: str, queries: int
) -> None:
    admin.get(path)
    with django_assert_num_queries(queries):
        admin.get(path)
    with context.public():
        for number in range(3):
            create_agency(name=f"More {number}", slug=f"more-{number}")
    with django_assert_num_queries(queries):
        admin.get(path)


def test_search_finds_by_name_address_and_host(twins: tuple[Twin, Twin], admin: Client) -> None:
    assert twins[1].agency.name not in admin.get("/control/agencies/?q=alpha").content.decode()
    assert "Alpha Works" in admin.get("/control/companies/?q=alpha+agency").content.decode()
    assert f"{twins[1].host}</td>" in admin.get(f"/control/domains/?q={twins[1].host[:-4]}").content.decode()
    assert "No company here" in admin.get("/control/companies/?status=suspended").content.decode()


def test_suspending_an_agency_shuts_it_with_all_below(twins: tuple[Twin, Twin], admin: Client, committed: Any) -> None:
    a, path = twins[0], f"/control/agencies/{twins[0].agency.pk}/"
    assert admin.get(path).status_code == 200

    with committed():
        assert admin.post(f"{path}suspension/", {"reason": "Abuse"}).status_code == 302
    assert [Client(headers={"host": host}).get("/sign-in/").status_code for host in (a.agency_host, a.host)] == [
        403,
        403,
    ]
    assert "Abuse" in admin.get(path).content.decode()
    with committed():
        admin.post(f"{path}resumption/")
    assert Client(headers={"host": a.host}).get("/sign-in/").status_code == 200
    with context.public():
        assert Agency.objects.get(pk=a.agency.pk).status == "active"


def test_suspending_a_company_is_written_down(twins: tuple[Twin, Twin], admin: Client) -> None:
    path = f"/control/companies/{twins[0].company.pk}/"

    assert admin.post(f"{path}suspension/", {}).status_code == 422
    admin.post(f"{path}suspension/", {"reason": "Court order"})

    with context.public():
        assert Company.objects.get(pk=twins[0].company.pk).status == "suspended"
        assert AuditEntry.objects.get(action="company.suspended").actor_name == "Root"
    assert "Court order" in admin.get(path).content.decode()
    admin.post(f"{path}resumption/")


def test_agency_not_yet_open_cannot_be_suspended(admin: Client) -> None:
    with context.public():
        agency = create_agency(name="Waiting", slug="waiting")

    assert admin.post(f"/control/agencies/{agency.pk}/suspension/", {"reason": "x"}).status_code == 409


def test_health_says_what_it_found(admin: Client) -> None:
    text = admin.get("/control/health/").content.decode()
    assert "PostgreSQL 1" in text
    assert "Not heard of" in text
    assert "No answer" in text

    note_beat()
    assert re.search(r"Heard \d s ago", admin.get("/control/health/").content.decode())


def test_health_lives_without_redis(admin: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    page = admin.get("/control/health/")
    assert page.status_code == 200
    assert "Cannot be reached" in page.content.decode()


def test_people_of_an_agency_are_led_from_the_platform_to_their_own_door(
    twins: tuple[Twin, Twin], platform: Client
) -> None:
    from tests.factories import PASSWORD

    page = platform.post("/sign-in/", {"email": "boss@alpha.example", "password": PASSWORD})

    text = page.content.decode()
    path = text.split('href="http://alpha.localhost:8000/enter/', 1)[1].split('"')[0].replace("&amp;", "&")
    browser = Client(headers={"host": "alpha.localhost"})
    assert browser.get(f"/enter/{path}")["Location"] == "/"
    assert browser.get("/companies/").status_code == 200
    assert platform.get("/control/").status_code == 302


def test_an_agency_with_several_companies_is_counted_once(twins: tuple[Twin, Twin], admin: Client) -> None:
    with context.public():
        create_company(
            agency=twins[0].agency, name="Second", slug="second", country="IN", owner_email="o@x.example", by=robot()
        )
        expected = Agency.objects.filter(status="active").count()
        found = counts_by_status(agencies_matching())

    assert found["active"] == expected
    assert admin.get("/control/agencies/").status_code == 200


NEW_COMPANY = {
    "name": "Beta Works", "slug": "beta-works", "country": "IN", "language": "en", "owner_email": "ola@beta.example",
}  # fmt: skip


def test_admin_makes_a_company_for_an_agency(twins: tuple[Twin, Twin], admin: Client) -> None:
    path = f"/control/agencies/{twins[0].agency.pk}/companies/new/"

    assert admin.get(path).status_code == 200
    answer = admin.post(path, NEW_COMPANY)

    with context.public():
        made = Company.objects.get(agency=twins[0].agency, slug="beta-works")
        entry = AuditEntry.objects.get(subject=f"company:{made.pk}")
    assert (answer.status_code, answer["Location"]) == (302, f"/control/companies/{made.pk}/")
    assert (made.status, entry.action, entry.actor_name) == ("active", "company.created", "Root")


def test_admin_is_told_what_is_wrong_with_a_new_company(twins: tuple[Twin, Twin], admin: Client) -> None:
    path = f"/control/agencies/{twins[0].agency.pk}/companies/new/"
    answer = admin.post(path, NEW_COMPANY | {"slug": "works"})

    assert answer.status_code == 422
    assert "is taken" in answer.content.decode()
    assert 'value="Beta Works"' in answer.content.decode()
    with context.public():
        Agency.objects.filter(pk=twins[0].agency.pk).update(status="suspended")
    assert admin.get(path).status_code == 409


def test_health_shows_who_waits_the_longest(
    twins: tuple[Twin, Twin], admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [Backlog(twins[1].company.pk, 7, 12.4), Backlog(twins[0].company.pk, 1, 3.0)]
    monkeypatch.setattr(lanes, "backlogs", lambda: waiting)

    page = " ".join(admin.get("/control/health/").content.decode().split())

    assert "Bravo Works, for 12 s, 7 tasks" in page
    assert "7 tasks, the first waiting for 12 s" in page
    assert "1 task, waiting for 3 s" in page
