"""When backups are due and which are kept."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tenants.fleet.backups.rules import Rule, next_turn, to_keep

ID = UUID(int=7)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    pk: UUID
    made_at: datetime | None


def made(*days: int, now: datetime = NOON) -> list[Made]:
    return [Made(UUID(int=day + 1), now - timedelta(days=day)) for day in days]


def ages(kept: set[UUID]) -> list[int]:
    return sorted(one.int - 1 for one in kept)


@pytest.mark.parametrize(
    ("zone", "hour", "expected"),
    [
        ("UTC", 3, "2026-11-22T03:07:00+00:00"),
        ("UTC", 13, "2026-11-21T13:07:00+00:00"),
        ("Asia/Kolkata", 3, "2026-11-21T21:37:00+00:00"),
        ("America/Los_Angeles", 3, "2026-11-22T11:07:00+00:00"),
        ("UTC", None, "2026-11-21T20:07:00+00:00"),
    ],
)
def test_a_turn_is_the_next_slot_in_the_companys_zone(zone: str, hour: int | None, expected: str) -> None:
    assert next_turn(Rule(hour=hour), company_id=ID, zone=zone, after=NOON).isoformat() == expected


def test_the_same_slot_comes_a_day_later_also_when_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = next_turn(Rule(hour=3), company_id=ID, zone="Europe/Berlin", after=datetime(2026, 10, 24, 0, tzinfo=UTC))
    second = next_turn(Rule(hour=3), company_id=ID, zone="Europe/Berlin", after=first)

    assert second - first == timedelta(hours=25)
    assert [one.astimezone(berlin).hour for one in (first, second)] == [3, 3]


def test_companies_are_spread_over_the_night() -> None:
    turns = {next_turn(Rule(), company_id=UUID(int=number), zone="UTC", after=NOON) for number in range(600)}

    assert len(turns) == 600
    assert (min(turns).hour, max(turns).isoformat()) == (20, "2026-11-22T05:59:00+00:00")


def test_days_weeks_and_months_keep_their_newest() -> None:
    # NOON is a Saturday: weeks end a day later, so week ends lie 0, 6, 13 and 20 days back.
    kept = to_keep(made(*range(400)), Rule(daily=7, weekly=4, monthly=6), "UTC")

    assert ages(kept) == [0, 1, 2, 3, 4, 5, 6, 13, 20, 21, 52, 82, 113, 144]


def test_the_newest_of_a_day_stands_for_it() -> None:
    morning, evening = Made(UUID(int=1), NOON - timedelta(hours=5)), Made(UUID(int=2), NOON)
    assert to_keep([morning, evening], Rule(daily=1, weekly=0, monthly=0), "UTC") == {UUID(int=2)}


def test_a_pause_takes_nothing_away() -> None:
    """Periods without backups do not count: what is old stays as long as nothing newer comes."""
    assert ages(to_keep(made(300, 301, 302), Rule(daily=2, weekly=1, monthly=1), "UTC")) == [300, 301]


def test_what_was_never_finished_keeps_nothing() -> None:
    assert to_keep([Made(ID, None)], Rule(), "UTC") == set()
