"""Rows of logs are as Django's `create` would have made them, in one statement that is written once."""

from typing import Any
from uuid import uuid4

from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from tenants.records.adding import add
from tenants.records.models import Change, Event
from tests.factories import Twin

SET_BY_ITSELF = {"id", "created_at", "updated_at", "happened_at"}


def values_of(row: Any) -> dict[str, Any]:
    fields = [one.name for one in row._meta.concrete_fields if one.name not in SET_BY_ITSELF]
    return model_to_dict(row, fields) | {"user_id": row.user_id}


def test_a_line_of_history_is_as_create_makes_it(company: Twin) -> None:
    given = {
        "record_type": "contacts", "record_id": uuid4(), "action": "created", "actor_name": "Žofie \\ ' %s",
        "user_id": company.owner().pk, "changes": {"name": [None, "a ' \\ %s"], "none": None},
    }  # fmt: skip
    row = Change(**given)

    with CaptureQueriesContext(connection) as asked:
        add(row)

    assert len(asked) == 1
    assert values_of(Change.objects.get(pk=row.pk)) == values_of(Change.objects.create(**given))
    row.action = "updated"
    row.save()
    assert Change.objects.get(pk=row.pk).action == "updated", "it is no new row any more"


def test_what_the_database_fills_in_stands_in_the_row(company: Twin) -> None:
    row = Event(name="contact.created", record_type="contacts", record_id=uuid4(), payload={}, actor_name="Asha")

    add(row)

    kept = Event.objects.get(pk=row.pk)
    assert kept.happened_at is not None
    assert (kept.cause, kept.delivered_at, kept.payload) == (None, None, {})
