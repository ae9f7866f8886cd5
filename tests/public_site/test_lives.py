"""Pages and API of companies that come and go: who may, what they say, what they cost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenants.directory.actions import activate_agency, create_agency
from tenants.directory.models import Agency, Company, Tombstone
from tenants.fleet.actions import create_company
from tenants.fleet.lifecycle.certificates import check_file, make_certificate
from tenants.fleet.lifecycle.transfers import ask_transfer
from tenants.fleet.models import Operation, Transfer
from tenants.fleet.operations.running import run
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.ids import uuid7
from tests.factories import Twin
from tests.fleet.lifecycle.conftest import made

Keyed = Callable[..., Client]
JSON = "application/json"
CLOSE = {"confirm": "Alpha Works", "reason": "Left us", "days": "30"}


def page(twin: Twin, rest: str) -> str:
    return f"/companies/{twin.company.pk}/{rest}"


def status_of(twin: Twin) -> str:
    with context.public():
        return str(Company.objects.get(pk=twin.company.pk).status)


@pytest.mark.parametrize("rest", ["closing/", "address/", "transfer/"])
def test_dialogs_open_in_both_panels(twins: tuple[Twin, Twin], boss: Client, admin: Client, rest: str) -> None:
    assert boss.get(page(twins[0], rest)).status_code == 200
    assert admin.get(f"/control{page(twins[0], rest)}").status_code == 200
    assert boss.get(page(twins[1], rest)).status_code == 404


def test_agency_closes_and_takes_back(twins: tuple[Twin, Twin], boss: Client) -> None:
    refused = boss.post(page(twins[0], "closing/"), CLOSE | {"confirm": "Alpha"})
    assert (refused.status_code, status_of(twins[0])) == (422, "active")
    assert "Type the name of the company: Alpha Works" in refused.content.decode()

    assert boss.post(page(twins[0], "closing/"), CLOSE).status_code == 302
    assert status_of(twins[0]) == "retired"
    shown = boss.get(page(twins[0], "")).content.decode()
    assert "Everything in it is erased after" in shown
    assert boss.post(page(twins[0], "closing/undo/")).status_code == 302
    assert status_of(twins[0]) == "active"


def test_platform_erases_now_and_sees_how_far_it_is(twins: tuple[Twin, Twin], admin: Client) -> None:
    with context.public():
        company = made(twins[0].agency, slug="ending", name="Ending")
    answer = admin.post(f"/control/companies/{company.pk}/erasure/", {"confirm": "Ending", "reason": "Asked to"})

    with context.public():
        operation = Operation.objects.get(company_id=company.pk)
        assert answer["Location"] == f"/control/operations/{operation.pk}/"
        assert run(operation).state == "done"
    assert admin.get(f"/control/operations/{operation.pk}/").status_code == 200
    assert admin.get(f"/control/companies/{company.pk}/").status_code == 404
    listed = admin.get("/control/certificates/").content.decode()
    number = operation.result["certificate"]
    assert "Ending" in listed
    pdf = admin.get(f"/control/certificates/{number}/file.pdf")
    file = admin.get(f"/control/certificates/{number}/file.json").content
    with context.public():
        told = check_file(file)
    assert (pdf["Content-Type"], pdf.content[:5], told["number"]) == ("application/pdf", b"%PDF-", number)


def test_platform_gives_a_host_free(twins: tuple[Twin, Twin], admin: Client) -> None:
    from django.utils import timezone

    with context.public():
        stone = Tombstone.objects.create(host="gone.example.com", is_custom=True, until=timezone.now())
    assert "gone.example.com" in admin.get("/control/domains/?state=kept").content.decode()

    assert admin.post(f"/control/tombstones/{stone.pk}/release/").status_code == 302
    with context.public():
        assert not Tombstone.objects.filter(host="gone.example.com").exists()


def test_certificates_are_for_their_agency_alone(twins: tuple[Twin, Twin], boss: Client) -> None:
    with context.public():
        numbers = [_certificate(twin) for twin in twins]

    paths = [f"/certificates/{number}/{rest}" for number in numbers for rest in ("", "file.pdf")]
    assert [boss.get(path).status_code for path in paths] == [200, 200, 404, 404]


def _certificate(twin: Twin) -> Any:
    gone = Company(pk=uuid7(), name="Gone", agency=twin.agency)
    return make_certificate(gone, erased=["1 table"], kept=["2 backups until 1 May"], why="", by="X", number=uuid7()).pk


def test_api_closes_takes_back_and_renames(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    client, root = with_key(twins[0]), f"/api/v1/companies/{twins[0].company.pk}"
    body = {"confirm": "Alpha Works", "reason": "Left us", "days": 7}

    closed = client.post(f"{root}/closure", body, content_type="application/json").json()
    assert (closed["status"], closed["erase_after"] is not None) == ("retired", True)
    assert client.delete(f"{root}/closure").json()["status"] == "active"
    renamed = client.put(f"{root}/address", {"slug": "begun"}, content_type="application/json").json()
    assert (renamed["slug"], renamed["url"]) == ("begun", "http://begun.alpha.localhost:8000")
    refused = client.put(f"{root}/address", {"slug": "www"}, content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (409, "slug")


def test_api_hands_over(twins: tuple[Twin, Twin], with_key: Keyed) -> None:
    with context.public():
        Agency.objects.filter(pk=twins[1].agency.pk).update(plan="enterprise")
    giver, taker = with_key(twins[0]), with_key(twins[1])
    root = f"/api/v1/companies/{twins[0].company.pk}/transfer"
    asked = giver.post(root, {"to": "bravo", "slug": "alpha-works"}, content_type="application/json").json()
    assert (asked["direction"], asked["other_agency"], asked["state"]) == ("out", "Bravo Agency", "asked")
    assert giver.post(f"/api/v1/transfers/{asked['id']}/approval", {}, content_type=JSON).status_code == 404

    taken = taker.post(f"/api/v1/transfers/{asked['id']}/approval", {}, content_type=JSON).json()
    assert (taken["direction"], taken["state"]) == ("in", "moving")
    with context.public():
        run(Operation.objects.get(kind="transfer"))
    assert [one["state"] for one in taker.get("/api/v1/transfers").json()] == ["done"]
    assert giver.get(f"/api/v1/companies/{twins[0].company.pk}").status_code == 404


def test_handovers_cost_the_same_for_more_rows(
    twins: tuple[Twin, Twin], boss: Client, django_assert_num_queries: Any
) -> None:
    with context.public():
        _transfers(twins[0], 1)
    boss.get("/transfers/")
    with django_assert_num_queries(5):
        boss.get("/transfers/")
    with context.public():
        _transfers(twins[0], 2)
    with django_assert_num_queries(5):
        boss.get("/transfers/")


def _transfers(twin: Twin, count: int) -> None:
    other, _is_new = Agency.objects.get_or_create(slug="other", defaults={"name": "Other"})
    if _is_new:
        other.delete()
        other = create_agency(name="Other", slug="other")
        activate_agency(agency=other)
    for number in range(count):
        slug = f"coming-{Transfer.objects.count()}-{number}"
        company = create_company(
            agency=other, name=slug, slug=slug, country="IN", owner_email="o@e.example", by=robot()
        )
        ask_transfer(company=company, to=twin.agency.slug, by=robot())
