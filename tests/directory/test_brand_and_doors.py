"""Brands laid over one another, and doors that are shut."""

from typing import Any

import pytest
from celery import shared_task
from celery.exceptions import Reject
from django.test import Client

from tenants.directory.actions import (
    activate_agency,
    resume_company,
    suspend_agency,
    suspend_company,
    update_brand,
)  # fmt: skip
from tenants.directory.hosts import _forget, resolve
from tenants.directory.queries import BRAND_FIELDS, brand_of
from tenants.directory.task import TenantTask
from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tests.factories import Twin

SAMPLES = {
    "product_name": "Sample", "colour": "#123456", "logo": "a.png", "icon": "b.png", "login_image": "c.jpeg",
    "sender_name": "S", "sender_email": "s@x.example", "support_email": "h@x.example",
    "terms_url": "https://x.example/t", "privacy_url": "https://x.example/p",
}  # fmt: skip


@pytest.mark.parametrize("field", BRAND_FIELDS)
def test_company_brand_lies_over_the_agencys_field_by_field(public: None, twins: tuple[Twin, Twin], field: str) -> None:
    a = twins[0]
    before = brand_of(a.agency, None)
    update_brand(agency=a.agency, company=a.company, **{field: SAMPLES[field]})

    over = brand_of(a.agency, a.company)
    for name in BRAND_FIELDS:
        assert getattr(over, name) == (SAMPLES[field] if name == field else getattr(before, name))
    assert brand_of(a.agency, None) == before
    update_brand(agency=a.agency, company=a.company, **{field: ""})
    assert brand_of(a.agency, a.company) == before


@pytest.mark.parametrize(
    "values",
    [
        {"colour": "red"},
        {"colour": "#12345"},
        {"colour": "#123456;}"},
        {"sender_email": "x"},
        {"terms_url": "javascript:alert(1)"},
        {"no_such": "x"},
    ],
)
def test_brand_refuses_what_could_not_be_shown(public: None, twins: tuple[Twin, Twin], values: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        update_brand(agency=twins[0].agency, **values)

    assert list(refused.value.errors) == list(values)


@pytest.mark.parametrize(("colour", "icon"), [("#0f766e", "image/svg+xml")])
def test_pages_carry_the_brand_and_not_the_platform(twins: tuple[Twin, Twin], colour: str, icon: str) -> None:
    browser = Client(headers={"host": twins[0].host})

    assert colour in browser.get("/brand.css").content.decode()
    assert browser.get("/manifest.webmanifest").json()["name"] == "AlphaSuite"
    assert browser.get("/brand/icon")["Content-Type"] == icon
    assert "OmniFlow" not in browser.get("/sign-in/").content.decode()


def test_suspended_company_shuts_pages_api_and_leaves_its_twin_alone(public: None, twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    suspend_company(company=a.company)
    _forget()

    page = a.signed_in().get("/")
    assert page.status_code == 403
    assert "AlphaSuite" in page.content.decode()
    assert "OmniFlow" not in page.content.decode()
    assert a.with_key().get("/api/v1/contacts").json()["code"] == "company_suspended"
    assert Client(headers={"host": a.host}).get("/brand.css").status_code == 200
    assert Client(headers={"host": a.agency_host}).get("/sign-in/").status_code == 200
    assert b.with_key().get("/api/v1/contacts").status_code == 200
    resume_company(company=a.company)
    _forget()
    assert a.with_key().get("/api/v1/contacts").status_code == 200


def test_suspended_agency_shuts_its_companies_too(public: None, twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    suspend_agency(agency=a.agency)
    _forget()

    assert [
        Client(headers={"host": host}).get("/sign-in/").status_code for host in (a.agency_host, a.host, b.host)
    ] == [403, 403, 200]
    activate_agency(agency=a.agency)
    _forget()
    assert resolve(a.host)


@shared_task(base=TenantTask, name="tests.directory.look")
def look() -> str:
    return context.place().schema


@pytest.mark.parametrize("company_id", [None, "", "nonsense", "00000000-0000-7000-8000-000000000000"])
def test_task_without_a_known_company_does_not_run(public: None, company_id: Any) -> None:
    with pytest.raises(Reject):
        look(company_id=company_id)


def test_task_runs_in_its_company_and_not_while_that_is_suspended(public: None, twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    assert look(company_id=str(a.company.pk)) == a.company.schema_name
    suspend_company(company=a.company)

    with pytest.raises(Reject, match="suspended"):
        look(company_id=str(a.company.pk))
    assert look(company_id=str(b.company.pk)) == b.company.schema_name
