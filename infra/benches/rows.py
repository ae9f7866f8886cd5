"""A company full of records, written with COPY. Import after Django is set up, call inside the company.

The rows are those the house would have written: every column, a line of history for
each record, and what search keeps. A column that a model gains takes its default.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone

from infra.benches.names import Names
from tenants.crm.models import Account, Contact, Deal, Stage
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.ids import uuid7
from tenants.records.models import Change, SearchEntry, SearchWord
from tenants.records.registry import type_of
from tenants.records.search.reindexing import reindex_all

PER_ACCOUNT, PER_DEAL = 20, 5
PIECE = 100_000
AGE_DAYS = 1_000
Values = dict[str, Any]


class Filler:
    """Adds contacts with their accounts and deals, as often as it is asked, and knows all their ids."""

    def __init__(self, custom: Callable[[Names], Values]) -> None:
        self.names = Names()
        self.custom = custom
        self.owners = list(User.objects.values_list("pk", flat=True))
        self.stages = list(Stage.objects.filter(pipeline__is_default=True).order_by("position"))
        self.accounts: list[UUID] = []
        self.contacts: list[UUID] = []
        self.deals: list[UUID] = []

    def fill(self, contacts: int) -> None:
        """Until there are so many contacts."""
        count = contacts - len(self.contacts)
        accounts, deals = max(count // PER_ACCOUNT, 1), max(count // PER_DEAL, 1)
        self._write(Account, self._accounts(accounts), self.accounts)
        self._write(Contact, self._contacts(count), self.contacts)
        self._write(Deal, self._deals(deals), self.deals)

    def settle(self) -> None:
        """Search entries, and what the planner wants to know: outside a transaction, as it is in life."""
        reindex_all(("accounts", "contacts", "deals"))
        # Only the tables' owner, the login role, may.
        with context.inside(replace(context.place(), role=None)), connection.cursor() as cursor:
            for model in (Account, Contact, Deal, Change, SearchEntry, SearchWord):
                cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')

    def _write(self, model: type[models.Model], rows: Iterator[Values], ids: list[UUID]) -> None:
        """In pieces: a statement of a million rows would run into its time limit."""
        while piece := list(islice(rows, PIECE)):
            start = len(ids)
            copy_rows(model, _noted(iter(piece), ids))
            copy_rows(Change, self._history(model, ids[start:]))

    def _common(self, place: float) -> Values:
        """What every record has; `place` runs from 0, the oldest, to 1."""
        moment = _moment(place)
        owner = self.names.random.choice(self.owners)
        return {"id": uuid7(), "created_at": moment, "updated_at": moment, "owner": owner, "created_by": owner}

    def _accounts(self, count: int) -> Iterator[Values]:
        start = len(self.accounts)
        for number in range(count):
            person = self.names.person(start + number)
            yield self._common(number / count) | {
                "name": self.names.firm(start + number), "city": person.city, "phone": person.phone,
                "employees": self.names.random.randint(1, 5_000), "tags": self.names.tags(),
            }  # fmt: skip

    def _contacts(self, count: int) -> Iterator[Values]:
        start = len(self.contacts)
        for number in range(count):
            person = self.names.person(start + number)
            yield self._common(number / count) | {
                "first_name": person.first, "last_name": person.last, "email": person.email, "phone": person.phone,
                "city": person.city, "job_title": person.job, "account": self.names.random.choice(self.accounts),
                "tags": self.names.tags(), "custom": self.custom(self.names),
            }  # fmt: skip

    def _deals(self, count: int) -> Iterator[Values]:
        random = self.names.random
        for number in range(count):
            stage = random.choice(self.stages)
            common = self._common(number / count)
            is_over = stage.kind != "open"
            yield common | {
                "name": f"{self.names.surname()} {random.choice(('rollout', 'renewal', 'pilot', 'order'))} {number}",
                "account": random.choice(self.accounts), "contact": random.choice(self.contacts), "stage": stage.pk,
                "status": stage.kind, "amount": random.randint(1, 400) * 2_500, "currency": "INR",
                "probability": stage.probability, "stage_changed_at": common["updated_at"],
                "closed_on": common["updated_at"].date() if is_over else None,
                "expected_close_on": (common["created_at"] + timedelta(days=random.randint(5, 200))).date(),
            }  # fmt: skip

    def _history(self, model: type[models.Model], ids: list[UUID]) -> Iterator[Values]:
        record_type = type_of(model)
        assert record_type
        for number, record_id in enumerate(ids):
            moment = _moment(number / len(ids))
            yield {
                "id": uuid7(), "created_at": moment, "updated_at": moment, "record_type": record_type.name,
                "record_id": record_id, "action": "created", "actor_name": "Bench", "user": self.owners[0],
                "changes": {"name": [None, "Bench"]}, "source": "api",
            }  # fmt: skip


def _moment(place: float) -> datetime:
    return timezone.now() - timedelta(days=AGE_DAYS * (1 - place))


def _noted(rows: Iterator[Values], ids: list[UUID]) -> Iterator[Values]:
    for row in rows:
        ids.append(row["id"])
        yield row


def copy_rows(model: type[models.Model], rows: Iterable[Values]) -> None:
    """COPY rows of a table, given by field name; fields that are not given take their defaults."""
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.GeneratedField)]
    defaults: dict[str, Any] = {f.name: f.get_db_prep_save(f.get_default(), connection) for f in fields}
    prepared = {f.name: f for f in fields if isinstance(f, models.JSONField)}
    columns = ", ".join(f'"{f.column}"' for f in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy,
    ):
        for row in rows:
            values = defaults | row
            for name, field in prepared.items():
                if name in row:
                    values[name] = field.get_db_prep_save(values[name], connection)
            copy.write_row(list(values.values()))
