"""For each column: replace what known records have, or only fill what is empty."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenants.crm.models import Contact
from tenants.identity.models import User
from tenants.kernel import context
from tenants.records.importing import actions
from tenants.records.models import Job
from tests.factories import Twin
from tests.records.importing.helpers import counts, plan_of, previewed, uploaded

FILE = "Email,City,Job title,Phone,First name\npriya@customer.example,Goa,Boss,+919820011842,Priya\n"


@pytest.fixture
def priya(company: Twin) -> Contact:
    Contact.objects.filter(pk=company.contact_id).update(city="Pune", job_title="", phone="", version=1)
    return Contact.objects.get(pk=company.contact_id)


def filling(draft: Job, *headers: str) -> Job:
    plan = plan_of(draft)
    columns = tuple(replace(one, fills=one.header in headers) for one in plan.columns)
    return actions.set_plan(draft=draft, plan=replace(plan, columns=columns), by=context.actor(), is_final=True)


def test_a_filling_column_leaves_what_is_there(priya: Contact) -> None:
    draft = filling(uploaded(FILE), "City", "Job title")
    job = actions.start_import(draft=actions.start_preview(draft=draft, by=context.actor()), by=context.actor())

    priya.refresh_from_db()
    assert counts(job) == {"updated": 1}
    assert (priya.city, priya.job_title, priya.phone) == ("Pune", "Boss", "+919820011842")


def test_a_row_that_fills_nothing_is_unchanged(priya: Contact) -> None:
    file = "Email,City,Last name,First name\npriya@customer.example,Goa,Nair,Nobody\n"
    draft = filling(uploaded(file), "City", "First name")
    draft = actions.start_preview(draft=draft, by=context.actor())

    assert draft.result["counts"][0]["unchanged"] == 1
    assert counts(actions.start_import(draft=draft, by=context.actor())) == {"unchanged": 1}


def test_the_whole_plan_may_only_fill(priya: Contact) -> None:
    draft = previewed(FILE, overwrites=False)
    actions.start_import(draft=draft, by=context.actor())

    priya.refresh_from_db()
    assert (priya.city, priya.job_title) == ("Pune", "Boss")


def test_the_choice_is_remembered_with_the_mapping(company: Twin) -> None:
    with context.acting(User.objects.select_related("role").get(role__slug="owner").actor):
        filling(uploaded(FILE), "City")

        assert [one.header for one in plan_of(uploaded(FILE)).columns if one.fills] == ["City"]


def test_the_wizard_asks_for_each_column(owner: Client, twins: tuple[Twin, Twin]) -> None:
    file = SimpleUploadedFile("people.csv", FILE.encode(), content_type="text/csv")
    columns_url = owner.post("/imports/new/", {"type": "contacts", "file": file}).headers["Location"]
    assert owner.get(columns_url).text.count("Only fill what is empty") == 5

    answer = owner.post(columns_url, {"fills.1": "on"})

    assert answer.status_code == 302
    assert '<input type="checkbox" name="fills.1" checked>' in owner.get(columns_url).text
    assert owner.get(columns_url).text.count("checked>") == 1


@pytest.mark.parametrize(
    ("mapping", "status"),
    [
        ({"City": {"field": "city", "fills": True}}, 202),
        ({"City": {"field": "city", "fills": "yes"}}, 422),
        ({"City": {"field": "city", "fill": True}}, 422),
        ({"City": ["city"]}, 422),
    ],
)
def test_the_api_takes_the_choice_in_the_mapping(twins: tuple[Twin, Twin], mapping: Any, status: int) -> None:
    rows = json.dumps([{"E-mail": "new@fill.example", "First name": "New", "City": "Goa"}])
    body = {"type": "contacts", "rows": rows, "mapping": json.dumps(mapping)}
    answer = twins[0].with_key().post("/api/v1/imports", body)

    assert answer.status_code == status, answer.content
