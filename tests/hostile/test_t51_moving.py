"""T51: a company copied while people write in it: every row that was there at one moment, none twice, none half."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from tenants.directory.models import Company
from tenants.fleet.copies.actions import clone_company
from tenants.fleet.operations.running import run
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Change
from tenants.records.registry import type_named
from tests.factories import make
from tests.fleet.copies.conftest import filled, settled

__all__ = ["filled", "settled"]
MOST = 400


class Writer(threading.Thread):
    """Makes an account and its contact in one transaction after another."""

    def __init__(self, company: Company) -> None:
        super().__init__(daemon=True)
        self.company, self.stop, self.made = company, threading.Event(), 0

    def run(self) -> None:
        from django.db import transaction

        try:
            with context.inside(self.company.place, actor=robot()):
                while not self.stop.is_set() and self.made < MOST:
                    with transaction.atomic():
                        account = make("accounts", name=f"Pair {self.made}", country="IN")
                        make("contacts", first_name="Pair", last_name=str(self.made), account=account.pk)
                    self.made += 1
        finally:
            connection.close()


@pytest.fixture
def writer(filled: Company) -> Iterator[Writer]:
    found = Writer(filled)
    found.start()
    yield found
    found.stop.set()
    found.join(30)


def rows(name: str) -> Any:
    return type_named(name).model._default_manager


def test_t51_a_copy_under_writes_is_of_one_moment(filled: Company, writer: Writer) -> None:
    while writer.made < 20:
        assert writer.is_alive()
    done = run(clone_company(company=filled, slug="moment", by=robot()))
    made = writer.made
    writer.stop.set()
    writer.join(30)
    assert (done.state, done.error) == ("done", "")

    copy = Company.objects.get(slug="moment")
    with context.inside(copy.place):
        pairs = [rows(name).filter(**{field: value}).count() for name, field, value in (
            ("accounts", "name__startswith", "Pair "), ("contacts", "first_name", "Pair"))]  # fmt: skip
        ids = set(rows("contacts").values_list("pk", flat=True))
        told = set(Change.objects.filter(record_type="contacts", action="created").values_list("record_id", flat=True))
    with context.inside(filled.place):
        first = set(rows("contacts").order_by("pk").values_list("pk", flat=True)[: len(ids)])

    assert pairs[0] == pairs[1]
    assert 20 <= pairs[0] <= made + 1
    assert ids == told == first


def test_t51_the_next_number_and_key_are_free(filled: Company) -> None:
    """Keys are made from time and chance, numbers of invoices from a row: nothing starts anew in a copy."""
    done = run(clone_company(company=filled, slug="next", by=robot()))
    assert done.state == "done"

    copy = Company.objects.get(slug="next")
    with context.inside(copy.place, actor=robot()):
        made = make("contacts", first_name="After", last_name="Wards")
    with context.inside(filled.place):
        assert rows("contacts").filter(pk=made.pk).count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_sequences WHERE schemaname = %s", [copy.schema_name])
        assert cursor.fetchone()[0] == 0
