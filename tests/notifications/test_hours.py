"""Quiet hours and digests, on the clock of the person."""

from datetime import UTC, datetime

import pytest

from tenants.notifications.hours import next_digest, quiet_until

NIGHT = {"from": "22:00", "to": "07:00", "days": [0, 1, 2, 3, 4]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# 2026-11-23 is a Monday. Sofia is two hours ahead of UTC in November.
@pytest.mark.parametrize(
    ("quiet", "zone", "now", "until"),
    [
        (NIGHT, "UTC", "2026-11-23T21:59", None),
        (NIGHT, "UTC", "2026-11-23T22:00", "2026-11-24T07:00"),
        (NIGHT, "UTC", "2026-11-24T06:59", "2026-11-24T07:00"),
        (NIGHT, "UTC", "2026-11-24T07:00", None),
        (NIGHT, "UTC", "2026-11-28T23:00", None),  # a Saturday night
        (NIGHT, "UTC", "2026-11-28T03:00", "2026-11-28T07:00"),  # that began on Friday
        (NIGHT, "Europe/Sofia", "2026-11-23T20:30", "2026-11-24T05:00"),
        ({"from": "12:00", "to": "13:00", "days": [0]}, "UTC", "2026-11-23T12:30", "2026-11-23T13:00"),
        ({"from": "00:00", "to": "00:00", "days": [5, 6]}, "UTC", "2026-11-28T10:00", "2026-11-30T00:00"),
        ({}, "UTC", "2026-11-23T22:00", None),
    ],
)
def test_quiet_hours(quiet: dict[str, object], zone: str, now: str, until: str | None) -> None:
    found = quiet_until(quiet, zone, at(now))

    assert found == (at(until) if until else None)


@pytest.mark.parametrize(
    ("digest", "now", "comes"),
    [
        ({"every": "hourly"}, "2026-11-23T10:20", "2026-11-23T11:00"),
        ({"every": "daily", "at": "08:00"}, "2026-11-23T05:00", "2026-11-23T06:00"),
        ({"every": "daily", "at": "08:00"}, "2026-11-23T06:00", "2026-11-24T06:00"),
        ({"every": "weekly", "at": "08:00", "weekday": 4}, "2026-11-23T05:00", "2026-11-27T06:00"),
        ({"every": "weekly", "at": "08:00", "weekday": 0}, "2026-11-23T07:00", "2026-11-30T06:00"),
    ],
)
def test_digests(digest: dict[str, object], now: str, comes: str) -> None:
    assert next_digest(digest, "Europe/Sofia", at(now)) == at(comes)
