"""Calendar and map: which days and places records stand on, and what is told where they stand on none."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from tenants.identity.models import User
from tenants.kernel.errors import Invalid
from tenants.records.layouts.calendars import calendar_of
from tenants.records.layouts.listing import Listing
from tenants.records.layouts.maps import map_of, place_of
from tenants.records.registry import type_named
from tests.factories import Twin, make


@pytest.fixture
def owner_actor(company: Twin) -> Any:
    return User.objects.get(role__slug="owner").actor


def listing(actor: Any, type_name: str, query: str = "") -> Listing:
    return Listing(type_named(type_name), actor, QueryDict(query), layout="calendar")


def test_a_month_has_whole_weeks_and_its_records(owner_actor: Any) -> None:
    make("deals", name="First", expected_close_on="2026-11-01")
    make("deals", name="Outside", expected_close_on="2026-12-06")
    make("deals", name="Beyond", expected_close_on="2026-12-07")

    shown = calendar_of(listing(owner_actor, "deals", "on=expected_close_on&day=2026-11-20"))

    assert (shown.days[0].date, shown.days[-1].date) == (date(2026, 10, 26), date(2026, 12, 6))
    assert {day.date: [entry.record.name for entry in day.entries] for day in shown.busy_days} == {
        date(2026, 11, 1): ["First"],
        date(2026, 12, 6): ["Outside"],
    }
    assert (shown.previous, shown.next) == (date(2026, 10, 1), date(2026, 12, 1))


def test_moments_stand_on_the_readers_day(owner_actor: Any) -> None:
    make("tasks", name="Late", due_at="2026-11-20T20:00:00+00:00")

    with timezone.override("Asia/Kolkata"):
        shown = calendar_of(listing(owner_actor, "tasks", "on=due_at&day=2026-11-20&span=week"))

    assert [(day.date, day.entries[0].clock) for day in shown.busy_days] == [(date(2026, 11, 21), "1:30\u202fam")]
    assert len(shown.days) == 7


@pytest.mark.parametrize("query", ["on=name", "span=century", "day=31.2.2026", "day=0001-01-01"])
def test_a_calendar_refuses_what_makes_no_sense(owner_actor: Any, query: str) -> None:
    with pytest.raises(Invalid):
        calendar_of(listing(owner_actor, "tasks", query))


def test_another_day_keeps_the_time_and_is_undone(company: Twin) -> None:
    task = make("tasks", name="Move me", due_at="2026-11-20T09:30:00+00:00")
    browser = company.signed_in()

    moved = browser.post(f"/tasks/{task.pk}/day/", {"on": "due_at", "day": "2026-11-25"})

    task.refresh_from_db()
    assert (moved.status_code, task.due_at) == (204, datetime.fromisoformat("2026-11-25T09:30:00+00:00"))
    browser.post(json.loads(moved["HX-Trigger"])["toast"]["undo_url"])
    task.refresh_from_db()
    assert task.due_at == datetime.fromisoformat("2026-11-20T09:30:00+00:00")
    assert browser.post(f"/tasks/{task.pk}/day/", {"on": "due_at", "day": "soon"}).status_code == 422


@pytest.mark.parametrize(
    ("city", "country", "label", "is_exact"),
    [
        ("Pune", "IN", "Pune", True),
        ("poona", "in", "Pune", True),
        ("Bangalore", "IN", "Bengaluru", True),
        ("София", "BG", "Sofia", True),
        ("Nowhereville", "IN", "India", False),
        ("", "US", "United States", False),
    ],
)
def test_places(company: Twin, city: str, country: str, label: str, is_exact: bool) -> None:
    spot = place_of(city, country)

    assert spot
    assert (spot.label, spot.is_exact) == (label, is_exact)


def test_a_map_counts_by_place_and_tells_what_it_cannot_place(owner_actor: Any) -> None:
    for name, city, country in (("A", "Pune", "IN"), ("B", "Poona", "IN"), ("C", "Nowhere", "IN"), ("D", "", "")):
        make("accounts", name=name, city=city, country=country)

    shown = map_of(listing(owner_actor, "accounts"))

    assert [(spot.label, spot.count) for spot in shown.spots] == [("Pune", 3), ("India", 1)]  # one is the twin's own
    assert (shown.placed, shown.by_country, shown.unplaced) == (4, 1, 1)
