"""T18: what looks after companies is open to nobody within one, and no door changes a schema's name."""

import json

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client

from tenants.directory.models import Company
from tenants.identity.models import User
from tenants.kernel import context
from tests.factories import Twin, client_for

ADMIN = (
    "/admin/", "/django-admin/", "/admin/login/", "/control/", "/control/companies/", "/control/agencies/",
    "/control/operations/", "/control/health/", "/control/domains/",
)  # fmt: skip


def staff_of(twin: Twin) -> Client:
    with context.inside(context.Place(schema="public", agency_id=twin.agency.pk)):
        staff = User.objects.get(email=f"boss@{twin.agency.slug}.example")
        return client_for(staff, twin.agency_host)


def test_t18_django_has_no_admin_here() -> None:
    assert [app for app in settings.INSTALLED_APPS if "admin" in app] == []


@pytest.mark.parametrize("path", ADMIN)
def test_t18_owners_of_companies_and_agencies_find_no_control_panel(twins: tuple[Twin, Twin], path: str) -> None:
    for client in (twins[0].signed_in(), twins[0].with_key(), staff_of(twins[0])):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ADMIN)
def test_t18_sessions_of_elsewhere_open_nothing_at_the_platform(twins: tuple[Twin, Twin], path: str) -> None:
    for cookies in (None, twins[0].signed_in().cookies, staff_of(twins[0]).cookies):
        client = Client(headers={"host": settings.PLATFORM_DOMAIN})
        if cookies:
            client.cookies = cookies
        answer = client.get(path)
        assert answer.status_code == 404 or (answer.status_code, answer["Location"]) == (
            302,
            f"/sign-in/?next={path}",
        )
        assert twins[1].company.name.encode() not in answer.content


def test_t18_no_route_takes_a_schema_name(twins: tuple[Twin, Twin]) -> None:
    for client in (
        twins[0].with_key(),
        Client(headers={"host": twins[0].agency_host, "authorization": f"Bearer {twins[0].agency_api_key}"}),
    ):
        document = client.get("/api/v1/openapi.json").json()
        assert "schema_name" not in json.dumps(document)
    assert Company._meta.get_field("schema_name").editable is False


@pytest.mark.parametrize("name", ["public", "pg_catalog", "t_x", "T_AAAAAAAAAAAAAAAAAAAA", "t_aaaaaaaaaaaaaaaaaaa'"])
def test_t18_the_database_takes_no_other_name(twins: tuple[Twin, Twin], name: str) -> None:
    with context.public(), pytest.raises(DatabaseError), transaction.atomic():
        Company.objects.filter(pk=twins[0].company.pk).update(schema_name=name)
