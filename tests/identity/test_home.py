"""The first page of the day, empty and full."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.identity.enums import DEFAULT_ROLES, OWNER
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin, client_for, make
from tests.identity.conftest import a_user

MOST_QUERIES = 14


def fill(twin: Twin, rows: int) -> None:
    with context.inside(twin.place, actor=robot()):
        me = twin.owner().pk
        soon = timezone.localdate() + timedelta(days=3)
        for n in range(rows):
            make("deals", name=f"Deal {n}", amount="1000", expected_close_on=soon.isoformat(), owner=me)
            make("tasks", name=f"Task {n}", due_at=(timezone.now() - timedelta(hours=n)).isoformat(), owner=me)


@pytest.mark.parametrize("rows", [1, 8])
def test_queries_do_not_grow_with_rows(
    owner: Client, twins: tuple[Twin, Twin], django_assert_max_num_queries: Any, rows: int
) -> None:
    fill(twins[0], rows)
    owner.get("/")

    with django_assert_max_num_queries(MOST_QUERIES):
        assert owner.get("/").status_code == 200


def test_home_counts_what_is_here(owner: Client, twins: tuple[Twin, Twin]) -> None:
    fill(twins[0], 2)

    page = owner.get("/").content.decode()

    assert "₹18,42,000" in page
    assert "3 deals" in page
    assert "2 overdue" in page
    assert "Task 1" in page
    assert twins[1].sentinel not in page


def test_foreign_currencies_are_not_added_up(owner: Client, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        make("deals", name="Dollar deal", amount="500", currency="USD")

    page = owner.get("/").content.decode()

    assert "₹18,40,000" in page
    assert "2 deals · + $500" in page


def test_checklist_counts_steps_done(owner: Client) -> None:
    page = owner.get("/").content.decode()

    assert "Get started with AlphaSuite" in page
    assert "Invite a colleague" in page


@pytest.mark.parametrize("role", [role for role in DEFAULT_ROLES if role != OWNER])
def test_every_role_has_a_home(twins: tuple[Twin, Twin], role: str) -> None:
    user = a_user(twins[0], role)
    with context.inside(twins[0].place):
        page = client_for(user, twins[0].host).get("/")

    assert page.status_code == 200
    assert ("Invite a colleague" in page.content.decode()) == (role == "admin")


def test_anonymous_is_led_to_sign_in(client: Client) -> None:
    assert client.get("/")["Location"] == "/sign-in/?next=/"
