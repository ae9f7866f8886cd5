"""A key is looked up once in a few seconds, and never works a request longer than it should."""

from typing import Any

import pytest
from django.test import Client

from tenants.identity import remembered
from tenants.identity.actions import create_api_key, revoke_api_key
from tenants.identity.models import ApiKey, Role, User
from tenants.identity.people import change_role, deactivate_user
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin
from tests.identity.conftest import a_user

PATH = "/api/v1/contacts?limit=1"


def program(twin: Twin, user: User) -> Client:
    _key, text = create_api_key(user=user, name="Program", by=robot())
    return Client(headers={"host": twin.host, "authorization": f"Bearer {text}"})


def test_second_request_asks_for_the_rows_alone(company: Twin, django_assert_num_queries: Any) -> None:
    client = program(company, company.owner())
    client.get(PATH)

    with django_assert_num_queries(1):
        assert client.get(PATH).status_code == 200


def revoked(user: User) -> None:
    revoke_api_key(key=ApiKey.objects.get(user=user), by=robot())


def gone(user: User) -> None:
    deactivate_user(user=user, by=robot())


def poorer(user: User) -> None:
    change_role(user=user, role="support", by=robot())


def poorer_role(user: User) -> None:
    role = Role.objects.get(slug="manager")
    role.grants = {"*": []}
    role.save()


@pytest.mark.parametrize(("change", "status"), [(revoked, 401), (gone, 401), (poorer, 403), (poorer_role, 403)])
def test_change_counts_from_the_next_request_on(company: Twin, change: Any, status: int) -> None:
    user = a_user(company, "manager")
    client = program(company, user)
    path = f"/api/v1/deals/{company.deal_id}"
    assert client.patch(path, "{}", content_type="application/json").status_code == 200

    change(user)

    assert client.patch(path, "{}", content_type="application/json").status_code == status


def test_remembered_key_of_one_company_is_none_in_another(twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    with context.inside(a.place, actor=robot()):
        client = program(a, a.owner())
        assert client.get(PATH).status_code == 200
        assert remembered._kept

    assert client.get(PATH, headers={"host": b.host}).status_code == 401
