"""A record's story: newest first, what is ahead on top, and the same number of queries for long ones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm.models import Contact
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.records import actions
from tenants.records.notes.actions import add_note
from tenants.records.timeline import by_day, timeline_of
from tests.factories import Twin, make
from tests.records.counting import queries_in


@pytest.fixture
def told(company: Twin, by: Actor) -> Any:
    """Created on Monday, noted on Tuesday, changed on Wednesday; a task for tomorrow."""
    monday = datetime(2026, 3, 2, 10, tzinfo=UTC)
    with standing_at(monday):
        contact = make("contacts", first_name="Asha", city="Pune")
    with standing_at(monday + timedelta(days=1)):
        add_note(record=contact, body="Wants a call", by=by)
    with standing_at(monday + timedelta(days=2)):
        actions.update_record(record=contact, values={"city": "Nashik"}, by=by)
    tomorrow = timezone.now() + timedelta(days=1)
    make("tasks", name="Call Asha", due_at=tomorrow, about_type="contacts", about_id=contact.pk)
    return Contact.objects.get(pk=contact.pk)


def test_newest_first(told: Any) -> None:
    entries = timeline_of(told)

    assert [entry.icon for entry in entries] == ["checkbox", "pencil", "note", "plus"]
    assert [entry.is_upcoming for entry in entries] == [True, False, False, False]
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)


def test_entries_say_who_and_what(told: Any) -> None:
    _task, changed, noted, created = timeline_of(told)

    assert changed.details == [("City", "Pune", "Nashik")]
    assert (changed.who, noted.who, noted.body) == ("Tester", "Tester", "Wants a call")
    assert created.details == []


def test_days_have_what_is_ahead_on_top(told: Any) -> None:
    days = by_day(timeline_of(told))

    assert [len(day.entries) for day in days] == [1, 1, 1, 1]
    assert days[0].entries[0].object.name == "Call Asha"


def test_length_is_kept_and_costs_no_more_queries(told: Any, by: Actor) -> None:
    few = queries_in(lambda: timeline_of(told))
    for number in range(60):
        add_note(record=told, body=f"Note {number}", by=by)

    assert len(timeline_of(told)) == 50
    assert queries_in(lambda: timeline_of(told)) == few


def test_another_record_has_another_story(told: Any, company: Twin) -> None:
    other = Contact.objects.get(pk=company.contact_id)

    assert {entry.id for entry in timeline_of(other)} & {entry.id for entry in timeline_of(told)} == set()
