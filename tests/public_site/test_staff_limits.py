"""Staff kept to some companies and parts: pages, API, side bar and support visits know one gate."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern

from public_site.agency.actions import open_company
from public_site.agency.key_actions import create_agency_key
from public_site.agency.models import AgencyMember, AgencyTab
from public_site.agency.staff_actions import change_member, invite_member, remove_member
from public_site.agency.urls import urlpatterns
from tenants.directory.actions import claim_custom_host
from tenants.directory.enums import VisitState
from tenants.directory.models import Company, SupportVisit
from tenants.identity.models import AuditEntry, User
from tenants.identity.support.visits import ask_visit, begin_visit
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Conflict, Denied, Invalid
from tests.factories import Twin, client_for
from tests.public_site.conftest import agency_place, boss_of
from tests.records.counting import queries_in

Staff = Callable[..., tuple[AgencyMember, Client]]
PLACEHOLDER = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
def other(twins: tuple[Twin, Twin], agency_a: Twin) -> Company:
    """A second company of agency A."""
    return open_company(
        agency=agency_a.agency, name="Second", slug="second", country="IN", owner_email="o@second.example", by=robot()
    )


@pytest.fixture
def staff(agency_a: Twin) -> Staff:
    """A colleague of agency A with these limits, and a browser of theirs."""

    def made(**limits: Any) -> tuple[AgencyMember, Client]:
        values = {"agency": agency_a.agency, "email": "sam@alpha.example", "name": "Sam", "role": "staff"}
        member = invite_member(**values, by=robot(), **limits)  # type: ignore[arg-type]
        User.objects.filter(pk=member.user_id).update(verified_at="2026-01-01T00:00:00Z")
        return member, client_for(User.objects.get(pk=member.user_id), agency_a.agency_host)

    return made


def actor_of(member: AgencyMember) -> Actor:
    return User.objects.get(pk=member.user_id).actor


def key_of(member: AgencyMember, twin: Twin) -> Client:
    secret = create_agency_key(member=member, name="Sam's", by=robot())[1]
    return Client(headers={"host": twin.agency_host, "authorization": f"Bearer {secret}"})


def nav_of(client: Client) -> list[str]:
    page = client.get("/", follow=True).content.decode()
    return sorted(set(re.findall(r'href="(/(?:companies|brand-editor|domains|staff|api-keys)/)"', page)))


# Parts

AREAS = {
    "companies": ["/companies/", "/companies/new/", "/companies/new/slug/?name=x", "/companies/{id}/"],
    "brand": ["/brand-editor/", "/companies/{id}/brand/", "/brand-editor/preview/"],
    "domains": ["/domains/", "/domains/new/", "/companies/{id}/domains/new/"],
    "staff": ["/staff/"],
    "keys": ["/api-keys/", "/api-keys/new/"],
    "support": ["/companies/{id}/visits/new/"],
}


@pytest.mark.parametrize("tab", AREAS)
def test_each_part_opens_its_own_pages_and_no_others(staff: Staff, agency_a: Twin, tab: str) -> None:
    _member, client = staff(tabs=[tab])

    for area, paths in AREAS.items():
        for path in paths:
            status = client.get(path.format(id=agency_a.company.pk)).status_code
            assert status == (200 if area == tab else 403), (area, path)


def test_nobody_enters_any_page_without_a_part(staff: Staff, agency_a: Twin) -> None:
    """Every page but those of links and what is published: a new one that forgot its part would answer."""
    _member, client = staff(tabs=[])
    for found in urlpatterns:
        assert isinstance(found, URLPattern)
        path = "/" + re.sub(r"<uuid:\w+>", PLACEHOLDER, str(found.pattern)).replace("<str:kind>", "logo")
        path = path.replace("<slug:name>", "add-stage")
        if found.name not in ("enter", "transfer-consent", "isolation-keys"):
            statuses = {client.get(path).status_code, client.post(path).status_code}
            assert statuses <= {403, 405}, path


def test_the_side_bar_shows_what_is_open(staff: Staff, agency_a: Twin, boss: Client) -> None:
    everything = ["/api-keys/", "/brand-editor/", "/companies/", "/domains/", "/staff/"]
    assert nav_of(boss) == everything
    member, client = staff()
    assert nav_of(client) == everything

    change_member(member=member, role="staff", company_ids=[agency_a.company.pk], by=robot())
    assert nav_of(client) == ["/api-keys/", "/companies/", "/staff/"]
    change_member(member=member, role="staff", tabs=["keys"], by=robot())
    assert nav_of(client) == ["/api-keys/"]
    assert client.get("/").headers["Location"] == "/api-keys/"


# Companies


def test_only_chosen_companies_are_there(staff: Staff, agency_a: Twin, other: Company) -> None:
    _member, client = staff(company_ids=[other.pk])

    page = client.get("/companies/").content.decode()
    assert ("Second" in page, agency_a.company.name in page, "/companies/new/" in page) == (True, False, False)
    assert client.get(f"/companies/{other.pk}/").status_code == 200
    hidden = f"/companies/{agency_a.company.pk}"
    for path in ("/", "/suspension/", "/brand/", "/brand/logo", "/domains/new/", "/visits/new/"):
        assert client.get(f"{hidden}{path}").status_code == 404, path
    for path in ("/suspension/", "/resumption/", "/invitation/", "/brand/", "/domains/new/", "/visits/new/"):
        assert client.post(f"{hidden}{path}", {"reason": "because of it"}).status_code == 404, path
    assert client.get(f"/brand-editor/preview/?company={agency_a.company.pk}").status_code == 404
    for path in ("/companies/new/", "/brand-editor/", "/domains/", "/domains/new/"):
        assert client.get(path).status_code == 403, path
    assert client.post("/domains/new/", {"host": "crm.alpha.example"}).status_code == 403
    assert Company.objects.get(pk=agency_a.company.pk).status == "active"


@pytest.mark.parametrize("whose", ["agency", "company"])
def test_domains_of_others_are_out_of_reach(staff: Staff, agency_a: Twin, other: Company, whose: str) -> None:
    company = agency_a.company if whose == "company" else None
    domain = claim_custom_host(agency=agency_a.agency, raw_host="crm.alpha-own.example", company=company)
    _member, client = staff(company_ids=[other.pk])

    for what in ("verification", "preference", "removal"):
        assert client.post(f"/domains/{domain.pk}/{what}/").status_code == 404


def test_no_company_at_all_is_an_empty_list(staff: Staff, agency_a: Twin) -> None:
    _member, client = staff(company_ids=[])
    page = client.get("/companies/")
    assert page.status_code == 200
    assert "No company yet" in page.content.decode()
    assert "/companies/new/" not in page.content.decode()


def test_the_api_knows_the_same_limits(staff: Staff, agency_a: Twin, other: Company) -> None:
    member, _client = staff(company_ids=[other.pk], tabs=["companies"])
    key = key_of(member, agency_a)

    listed = key.get("/api/v1/companies?with_total=true").json()
    assert ([one["slug"] for one in listed["items"]], listed["total"]) == (["second"], 1)
    hidden = f"/api/v1/companies/{agency_a.company.pk}"
    assert key.get(hidden).status_code == 404
    assert key.post(f"{hidden}/suspension", {}, content_type="application/json").status_code == 404
    assert key.get(f"/api/v1/companies/{other.pk}").status_code == 200
    body = {"name": "Acme", "slug": "acme", "country": "IN", "owner_email": "a@acme.example"}
    assert key.post("/api/v1/companies", body, content_type="application/json").status_code == 403
    assert key.get("/api/v1/staff").status_code == 403
    change_member(member=member, role="staff", tabs=["staff"], by=robot())
    assert key.get("/api/v1/companies").status_code == 403
    assert key.get("/api/v1/staff").status_code == 200


# Support visits


def visit_of(member: AgencyMember, company: Company) -> SupportVisit:
    with context.inside(company.place):
        user_id: UUID = User.objects.get(role__slug="owner").pk
    return ask_visit(
        company=company, visitor=User.objects.get(pk=member.user_id), house="Alpha", user_id=user_id,
        reason="A question of theirs", minutes=15, by=robot(),
    )  # fmt: skip


@pytest.mark.parametrize("change", ["companies", "tabs", "removal"])
@pytest.mark.parametrize("state", ["agreed", "inside"])
def test_visits_end_when_what_they_need_is_taken_away(
    staff: Staff, agency_a: Twin, other: Company, change: str, state: str
) -> None:
    member, client = staff()
    Company.objects.filter(pk=agency_a.company.pk).update(support_access="open")
    visit = visit_of(member, agency_a.company)
    SupportVisit.objects.filter(pk=visit.pk).update(state=VisitState.AGREED)
    if state == "inside":
        agreed = SupportVisit.objects.get(pk=visit.pk)
        with context.inside(agency_a.company.place):
            begin_visit(agreed, session_key="s" * 32)
    if change == "companies":
        change_member(member=member, role="staff", company_ids=[other.pk], by=robot())
    elif change == "tabs":
        change_member(member=member, role="staff", tabs=["companies"], by=robot())
    else:
        remove_member(member=member, by=robot())

    assert SupportVisit.objects.get(pk=visit.pk).state == VisitState.ENDED
    assert client.post(f"/companies/{agency_a.company.pk}/visits/{visit.pk}/").status_code in (403, 404)


# Who sets them


def test_an_owner_sets_limits_on_the_page(staff: Staff, agency_a: Twin, other: Company, boss: Client) -> None:
    member, _client = staff()
    sent = {"role": "staff", "reach": "some", "companies": [str(other.pk)], "parts": "some", "tabs": ["companies"]}

    assert boss.get(f"/staff/{member.pk}/").status_code == 200
    assert boss.post(f"/staff/{member.pk}/", sent).status_code == 302
    member.refresh_from_db()
    assert (member.tabs, member.company_ids) == (["companies"], [other.pk])
    page = boss.get("/staff/").content.decode()
    assert "Companies: Second" in page
    entry = AuditEntry.objects.filter(action="member.changed").get()
    assert entry.details == {
        "agency": str(agency_a.agency.pk), "email": "sam@alpha.example", "role": "staff", "tabs": ["companies"],
        "companies": [str(other.pk)],
    }  # fmt: skip
    boss.post(f"/staff/{member.pk}/", sent | {"reach": "all", "parts": "all"})
    member.refresh_from_db()
    assert (member.tabs, member.company_ids) == (None, None)


def test_an_invitation_carries_its_limits(boss: Client, agency_a: Twin) -> None:
    sent = {"email": "ria@alpha.example", "role": "staff", "reach": "some", "parts": "some", "tabs": ["keys"]}
    assert boss.post("/staff/new/", sent).status_code == 302
    member = AgencyMember.objects.get(user__email="ria@alpha.example")
    assert (member.tabs, member.company_ids) == (["keys"], [])


def test_the_api_invites_changes_and_removes(agency_a: Twin, other: Company, with_key: Any) -> None:
    key = with_key(agency_a)
    body = {"email": "ria@alpha.example", "tabs": ["companies"], "companies": [str(other.pk)]}
    made = key.post("/api/v1/staff", body, content_type="application/json")
    assert (made.status_code, made.json()["companies"], made.json()["tabs"]) == (201, [str(other.pk)], ["companies"])
    path = f"/api/v1/staff/{made.json()['id']}"

    changed = key.patch(path, {"tabs": None}, content_type="application/json").json()
    assert (changed["tabs"], changed["companies"]) == (None, [str(other.pk)])
    promoted = key.patch(path, {"role": "owner"}, content_type="application/json").json()
    assert (promoted["role"], promoted["tabs"], promoted["companies"]) == ("owner", None, None)
    assert [one["email"] for one in key.get("/api/v1/staff").json()["items"]] == [
        "boss@alpha.example", "ria@alpha.example",
    ]  # fmt: skip
    assert key.delete(path).status_code == 204
    assert key.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"tabs": ["everything"]}, "tabs"),
        ({"companies": [PLACEHOLDER]}, "companies"),
        ({"role": "owner", "tabs": ["keys"]}, "role"),
        ({"role": "king"}, "role"),
    ],
)
def test_what_does_not_fit_is_refused(staff: Staff, agency_a: Twin, with_key: Any, limits: Any, field: str) -> None:
    member, _client = staff()
    answer = with_key(agency_a).patch(f"/api/v1/staff/{member.pk}", limits, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_a_company_of_another_agency_cannot_be_chosen(staff: Staff, twins: tuple[Twin, Twin]) -> None:
    with pytest.raises(Invalid) as refusal:
        staff(company_ids=[twins[1].company.pk])
    assert list(refusal.value.errors) == ["companies"]


@pytest.mark.parametrize("path", ["/staff/", "/api/v1/staff"])
def test_the_list_costs_the_same_for_one_and_three(agency_a: Twin, other: Company, boss: Client, path: str) -> None:
    boss.get(path)
    counts = []
    for names in ((), ("sam", "ria")):
        for name in names:
            values = {"agency": agency_a.agency, "email": f"{name}@alpha.example", "name": name, "role": "staff"}
            invite_member(**values, company_ids=[other.pk], by=robot())  # type: ignore[arg-type]
        counts.append(queries_in(lambda: boss.get(path)))
    assert counts[0] == counts[1]


# Escalation


@pytest.mark.parametrize("limits", [{}, {"tabs": list(AgencyTab.values)}, {"tabs": ["staff"], "company_ids": []}])
def test_staff_can_neither_widen_their_own_limits_nor_make_owners(
    staff: Staff, agency_a: Twin, limits: dict[str, Any]
) -> None:
    member, client = staff(**limits)
    key, before = key_of(member, agency_a), (member.role, member.tabs, member.company_ids)
    wide = {"role": "owner", "reach": "all", "parts": "all"}
    path, body = f"/api/v1/staff/{member.pk}", {"tabs": None, "companies": None, "role": "owner"}

    assert client.get(f"/staff/{member.pk}/").status_code == 403
    assert client.post(f"/staff/{member.pk}/", wide).status_code == 403
    assert client.post("/staff/new/", wide | {"email": "twin@alpha.example"}).status_code == 403
    assert key.patch(path, body, content_type="application/json").status_code == 403
    assert key.post("/api/v1/staff", {"email": "t@alpha.example"}, content_type="application/json").status_code == 403
    assert key.delete(f"/api/v1/staff/{boss_of(agency_a).pk}").status_code == 403
    for act in (lambda: change_member(member=member, role="owner", by=actor_of(member)),
                lambda: remove_member(member=boss_of(agency_a), by=actor_of(member))):  # fmt: skip
        with pytest.raises(Denied):
            act()
    member.refresh_from_db()
    assert (member.role, member.tabs, member.company_ids) == before
    assert AgencyMember.objects.filter(agency=agency_a.agency).count() == 2


def test_an_owner_of_another_agency_changes_nobody_here(staff: Staff, twins: tuple[Twin, Twin]) -> None:
    member, _client = staff(tabs=["keys"])
    stranger = boss_of(twins[1])
    with pytest.raises(Denied):
        change_member(member=member, role="staff", by=actor_of(stranger))
    with context.inside(agency_place(twins[1])):
        browser = client_for(User.objects.get(pk=stranger.user_id), twins[1].agency_host)
    assert browser.post(f"/staff/{member.pk}/", {"role": "owner", "reach": "all", "parts": "all"}).status_code == 404


def test_the_last_owner_stays(agency_a: Twin, boss: Client, with_key: Any) -> None:
    owner = boss_of(agency_a)
    with pytest.raises(Conflict):
        change_member(member=owner, role="staff", by=robot())
    answer = with_key(agency_a).patch(f"/api/v1/staff/{owner.pk}", {"role": "staff"}, content_type="application/json")
    assert answer.status_code == 409
    page = boss.post(f"/staff/{owner.pk}/", {"role": "staff", "reach": "all", "parts": "all"})
    assert (page.status_code, "The agency needs an owner." in page.content.decode()) == (422, True)
    assert boss_of(agency_a).pk == owner.pk


def test_the_database_keeps_owners_unlimited(agency_a: Twin) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AgencyMember.objects.filter(pk=boss_of(agency_a).pk).update(tabs=[])
