"""Pages put together are the whole list, forwards and backwards, whatever it is sorted by."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm.models import Account, Contact, Deal, Stage
from tenants.identity.models import User
from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid
from tenants.records.paging import Order, Page, order_for, page_of
from tenants.records.queries import rows_matching
from tenants.records.registry import type_named
from tests.factories import Twin

COUNT = 500


@pytest.fixture
def many(company: Twin) -> None:
    """500 rows a type with many equal and many empty values. Made in bulk: paging is what is tried here."""
    random = Random(7)
    owner, stages = User.objects.first(), list(Stage.objects.all())
    now = timezone.now()
    accounts = Account.objects.bulk_create(
        Account(
            name=random.choice(["Alpha", "beta", "Гама", "ñandu", "Alpha 2"]), industry=random.choice(["", "Food"]),
            employees=random.choice([None, 5, 50]), owner=random.choice([None, owner]),
        )
        for _ in range(COUNT)
    )  # fmt: skip
    Contact.objects.bulk_create(
        Contact(
            first_name=random.choice("ABC"), last_name=random.choice(["", "X"]),
            email=random.choice(["", "a@b.example"]),
            account=random.choice([None, *accounts[:40]]),
        )
        for _ in range(COUNT)
    )  # fmt: skip
    Deal.objects.bulk_create(
        Deal(
            name=random.choice(["One", "Two"]), amount=random.choice([0, 1, "1.5", 10_000]), currency="INR",
            stage=random.choice(stages), account=random.choice([None, *accounts[:40]]),
            owner=random.choice([None, owner]),
            expected_close_on=random.choice([None, now.date(), now.date() + timedelta(days=random.randint(-9, 9))]),
        )
        for _ in range(COUNT)
    )  # fmt: skip
    for deal in Deal.objects.all()[:200]:
        Deal.objects.filter(pk=deal.pk).update(created_at=now - timedelta(hours=random.randint(0, 30)))


SORTED = {
    "accounts": ("name", "industry", "employees", "owner", "created_at"),
    "contacts": ("name", "email", "account", "source", "created_at"),
    "deals": (
        "name",
        "amount",
        "stage",
        "account",
        "owner",
        "expected_close_on",
        "status",
        "probability",
        "created_at",
    ),
}


def sorts(type_name: str) -> list[str]:
    return [f"{sign}{field}" for field in SORTED[type_name] for sign in ("", "-")]


def all_pages(rows: Any, order: Order) -> list[Page]:
    pages = [page_of(rows, order, limit=37)]
    while pages[-1].next:
        pages.append(page_of(rows, order, after=pages[-1].next, limit=37))
    return pages


def back_from(last: Page, rows: Any, order: Order) -> list[Any]:
    found, page = [row.pk for row in last.items], last
    while page.previous:
        page = page_of(rows, order, before=page.previous, limit=37)
        found = [row.pk for row in page.items] + found
    return found


@pytest.mark.parametrize("type_name", list(SORTED))
def test_pages_are_the_whole_list_both_ways(many: None, type_name: str) -> None:
    record_type = type_named(type_name)
    rows = rows_matching(robot(), record_type)
    for sort in sorts(type_name):
        order = order_for(record_type, sort)
        whole = [row.pk for row in rows.order_by(*order.keys(False))]
        pages = all_pages(rows, order)

        assert len(whole) >= COUNT
        assert [row.pk for page in pages for row in page.items] == whole, sort
        assert back_from(pages[-1], rows, order) == whole, sort


@pytest.mark.parametrize("type_name", list(SORTED))
def test_empty_values_come_last_either_way(many: None, type_name: str) -> None:
    record_type = type_named(type_name)
    for sort in sorts(type_name):
        order = order_for(record_type, sort)
        is_empty = [
            order.value_of(row) is None for row in rows_matching(robot(), record_type).order_by(*order.keys(False))
        ]
        assert is_empty == sorted(is_empty), sort


def test_first_page_has_no_previous_and_last_no_next(many: None) -> None:
    record_type = type_named("deals")
    rows, order = rows_matching(robot(), record_type), order_for(record_type, "name")

    first = page_of(rows, order, limit=400)
    assert first.previous is None
    assert first.next is not None
    last = page_of(rows, order, after=first.next, limit=400)
    assert last.next is None
    assert last.previous is not None


def test_a_row_that_arrives_meanwhile_moves_no_other(many: None) -> None:
    record_type = type_named("accounts")
    rows, order = rows_matching(robot(), record_type), order_for(record_type, "name")
    first = page_of(rows, order, limit=50)
    second = [row.pk for row in page_of(rows, order, after=first.next or "", limit=50).items]

    Account.objects.create(name="AAA first of all")

    assert [row.pk for row in page_of(rows, order, after=first.next or "", limit=50).items] == second


@pytest.mark.parametrize("cursor", ["x", "%%%", "bnVsbA", "W10", "WzFd", "WzEsMl0", "é", "A" * 5000, "eyJhIjoxfQ"])
@pytest.mark.parametrize("sort", ["name", "created_at", "amount", "account"])
def test_strange_cursor_is_refused(company: Twin, cursor: str, sort: str) -> None:
    record_type = type_named("deals")

    with pytest.raises(Invalid) as refusal:
        page_of(rows_matching(robot(), record_type), order_for(record_type, sort), after=cursor)
    assert list(refusal.value.errors) == ["cursor"]


@pytest.mark.parametrize("sort", ["", "-", "shoe_size", "--name", "owner__password", "account.name"])
def test_unknown_sort_is_refused(company: Twin, sort: str) -> None:
    with pytest.raises(Invalid) as refusal:
        order_for(type_named("deals"), sort)
    assert list(refusal.value.errors) == ["sort"]
