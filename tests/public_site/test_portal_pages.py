"""The portal's pages: who may open them, what they show, how many queries they cost."""

from typing import Any

import pytest
from django.test import Client

from public_site.agency.models import AgencyMember
from tenants.directory.models import Company, Domain
from tenants.fleet.actions import create_company
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin, client_for
from tests.public_site.conftest import agency_place, boss_of

PAGES = [
    "/",
    "/companies/",
    "/companies/new/",
    "/brand-editor/",
    "/brand-editor/preview/",
    "/domains/",
    "/domains/new/",
    "/api-keys/",
    "/api-keys/new/",
    "/staff/",
    "/staff/new/",
]


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_members_and_lead_others_to_sign_in(boss: Client, stranger: Client, path: str) -> None:
    assert boss.get(path).status_code == 200

    refused = stranger.get(path)
    assert (refused.status_code, refused["Location"].split("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("path", PAGES)
def test_pages_refuse_who_is_no_member_any_more(twins: tuple[Twin, Twin], boss: Client, path: str) -> None:
    with context.public():
        AgencyMember.objects.filter(agency=twins[0].agency).delete()

    assert boss.get(path).status_code == 403


def test_member_of_b_has_no_session_at_a(twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    user = boss_of(b).user
    with context.inside(agency_place(b)):
        browser = client_for(user, a.agency_host)

    assert browser.get("/companies/").status_code == 302


def test_companies_of_another_agency_cannot_be_seen_or_touched(twins: tuple[Twin, Twin], boss: Client) -> None:
    b = twins[1].company

    assert twins[1].sentinel not in boss.get("/").content.decode()
    assert b.name not in boss.get("/companies/?q=works").content.decode()
    for method, path in [
        ("get", ""),
        ("get", "brand/"),
        ("post", "suspension/"),
        ("post", "resumption/"),
        ("post", "invitation/"),
        ("get", "domains/new/"),
    ]:
        answer = getattr(boss, method)(f"/companies/{b.pk}/{path}", {"reason": "x"})
        assert answer.status_code == 404, path
    with context.public():
        assert Company.objects.get(pk=b.pk).status == "active"


def test_list_costs_the_same_for_one_and_three_companies(
    twins: tuple[Twin, Twin], boss: Client, django_assert_num_queries: Any
) -> None:
    boss.get("/companies/")
    with django_assert_num_queries(7):
        boss.get("/companies/")
    with context.public():
        for slug in ("second", "third"):
            create_company(
                agency=twins[0].agency, name=slug, slug=slug, country="BG", owner_email="o@x.example", by=robot()
            )
    with django_assert_num_queries(7):
        page = boss.get("/companies/").content.decode()

    assert "third.alpha.localhost" in page


def test_search_and_status_narrow_the_list(twins: tuple[Twin, Twin], boss: Client) -> None:
    assert "Alpha Works" in boss.get("/companies/?q=alpha+work").content.decode()
    assert "No company fits" in boss.get("/companies/?q=nothing-like-it").content.decode()
    assert "No company fits" in boss.get("/companies/?status=suspended").content.decode()


def test_empty_list_starts_the_work(agency_a: Twin, boss: Client) -> None:
    Domain.objects.filter(company=agency_a.company).delete()
    Company.objects.filter(pk=agency_a.company.pk).delete()

    assert "Your first company" in boss.get("/").content.decode()


def new_company(**values: str) -> dict[str, str]:
    return {
        "name": "Black Sea Foods",
        "slug": "black-sea",
        "country": "BG",
        "language": "en",
        "owner_email": "Ivan@BlackSea.example",
        "time_zone": "",
        "currency": "",
    } | values


def test_create_company_makes_one_that_works(twins: tuple[Twin, Twin], boss: Client) -> None:
    answer = boss.post("/companies/new/", new_company())

    with context.public():
        made = Company.objects.get(agency=twins[0].agency, slug="black-sea")
    assert answer["Location"] == f"/companies/{made.pk}/?made=1"
    assert (made.status, made.currency, made.time_zone, made.owner_email) == (
        "active",
        "EUR",
        "Europe/Sofia",
        "ivan@blacksea.example",
    )
    page = boss.get(f"/companies/{made.pk}/?made=1").content.decode()
    assert "The workspace is ready" in page
    assert "http://black-sea.alpha.localhost" in page
    assert "/welcome/" in page
    owner = Client(headers={"host": "black-sea.alpha.localhost"})
    assert owner.get("/sign-in/").status_code == 200


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "works"}, "is taken"),
        ({"slug": "admin"}, "is taken"),
        ({"slug": "Käse"}, "3 to 40 small letters"),
        ({"country": ""}, "Country"),
        ({"country": "XX"}, "Country"),
        ({"owner_email": "nobody"}, "e-mail"),
        ({"time_zone": "Mars/Olympus"}, "Time zone"),
    ],
)
def test_create_company_refuses_and_loses_nothing(
    twins: tuple[Twin, Twin], boss: Client, values: dict[str, str], field: str
) -> None:
    answer = boss.post("/companies/new/", new_company(**values))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert field in text
    assert "Black Sea Foods" in text
    with context.public():
        assert Company.objects.filter(agency=twins[0].agency).count() == 1


def test_slug_is_proposed_from_the_name_until_somebody_writes_one(boss: Client) -> None:
    proposed = boss.get("/companies/new/slug/?propose&name=Black+Sea+Foods&slug=&proposed=").content.decode()
    kept = boss.get("/companies/new/slug/?propose&name=Black+Sea+Foods&slug=mine&proposed=other").content.decode()
    taken = boss.get("/companies/new/slug/?slug=works").content.decode()

    assert 'value="black-sea-foods"' in proposed
    assert "is free" in proposed
    assert 'name="slug" value="mine"' in kept
    assert "taken" in taken
    assert "<html" not in taken


def test_country_proposes_zone_and_currency(boss: Client) -> None:
    part = boss.get("/companies/new/locale/?country=IN").content.decode()

    assert '<option value="Asia/Kolkata" selected>' in part
    assert '<option value="INR" selected>' in part


def test_suspend_needs_a_reason_and_closes_the_doors(twins: tuple[Twin, Twin], boss: Client, committed: Any) -> None:
    company = twins[0].company
    path = f"/companies/{company.pk}/suspension/"

    assert twins[0].with_key().get("/api/v1/contacts").status_code == 200
    assert boss.post(path, {"reason": ""}).status_code == 422
    with committed():
        assert boss.post(path, {"reason": "Did not pay"}, headers={"HX-Request": "true"}).status_code == 204
    refused = twins[0].with_key().get("/api/v1/contacts")
    assert (refused.status_code, refused.json()["code"]) == (403, "company_suspended")
    page = twins[0].signed_in().get("/")
    assert page.status_code == 403
    assert "AlphaSuite" in page.content.decode()
    assert "Did not pay" not in page.content.decode()
    assert "Did not pay" in boss.get(f"/companies/{company.pk}/").content.decode()
    with committed():
        boss.post(f"/companies/{company.pk}/resumption/")
    assert twins[0].with_key().get("/api/v1/contacts").status_code == 200


def test_keys_show_their_secret_once_and_work_until_revoked(twins: tuple[Twin, Twin], boss: Client) -> None:
    made = boss.post("/api-keys/new/", {"name": "Website"}, headers={"HX-Request": "true"}).content.decode()
    secret = made.split('id="secret">')[1].split("<")[0]
    program = Client(headers={"host": twins[0].agency_host, "authorization": f"Bearer {secret}"})

    assert program.get("/api/v1/companies").status_code == 200
    listed = boss.get("/api-keys/").content.decode()
    assert "Website" in listed
    assert secret not in listed
    revoke = listed.split("/revocation/")[0].rsplit("/", 1)[1]
    boss.post(f"/api-keys/{revoke}/revocation/")
    assert program.get("/api/v1/companies").status_code == 401


EVERYTHING = {"reach": "all", "parts": "all"}


def test_staff_invited_may_come_in_but_not_invite(twins: tuple[Twin, Twin], boss: Client) -> None:
    boss.post("/staff/new/", {"email": "New@Alpha.example", "name": "New", "role": "staff"} | EVERYTHING)

    with context.public():
        member = AgencyMember.objects.select_related("user").get(user__email="new@alpha.example")
        member.user.set_password(PASSWORD)
        member.user.save()
    with context.inside(agency_place(twins[0])):
        browser = client_for(member.user, twins[0].agency_host)
    assert browser.get("/companies/").status_code == 200
    assert browser.get("/staff/new/").status_code == 403
    assert browser.post(f"/staff/{boss_of(twins[0]).pk}/removal/").status_code == 403
    boss.post(f"/staff/{member.pk}/removal/")
    assert browser.get("/companies/").status_code == 403


def test_the_last_owner_stays(twins: tuple[Twin, Twin], boss: Client) -> None:
    member = boss_of(twins[0])

    assert boss.post(f"/staff/{member.pk}/removal/").status_code == 409
    assert boss.get("/staff/").status_code == 200
