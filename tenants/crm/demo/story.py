"""Who did what when in a demo company: the clock, the people and the dice of its loader."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.crm.demo.bulgaria import BULGARIA
from tenants.crm.demo.india import INDIA
from tenants.crm.demo.usa import USA
from tenants.directory.hosts import company_now
from tenants.identity.models import User
from tenants.identity.queries import active_users
from tenants.kernel import context
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import create_record, update_record
from tenants.records.notes.actions import add_note
from tenants.records.registry import type_named

WORLDS = {world.country: world for world in (INDIA, BULGARIA, USA)}
YEARS_DAYS = 730
PHONE_TRIES = 12
SELLING_ROLES = ("owner", "manager", "sales-rep")


class Story:
    """Writes in the company we are in, as one of its people, at a moment of its past."""

    def __init__(self, facts: Mapping[str, str]) -> None:
        if facts["country"] not in WORLDS:
            raise Invalid({"country": [f"There is a demo for {', '.join(WORLDS)}."]})
        self.world = WORLDS[facts["country"]]
        self.random = Random(f"crm:{facts['slug']}")
        self.currency = company_now().currency
        self.zone = ZoneInfo(company_now().time_zone)
        self.now = timezone.now()
        self.staff = list(active_users().filter(role__slug__in=SELLING_ROLES).select_related("role"))
        self.lost_reasons: list[Any] = []
        self._phones: set[str] = set()

    def someone(self) -> User:
        return self.random.choice(self.staff)

    def day_in_past(self, *, most: float = YEARS_DAYS, least: float = 0) -> float:
        """How many days ago; more happened lately than long ago."""
        return least + (most - least) * float(1 - self.random.random() ** 0.8)

    def at(self, days_ago: float) -> datetime:
        """A working hour on that day, or on the Friday before a weekend, never ahead of now."""
        day = (self.now - timedelta(days=days_ago)).astimezone(self.zone).date()
        day -= timedelta(days=max(0, day.weekday() - 4))
        hour = time(self.random.randint(9, 17), self.random.randint(0, 59), self.random.randint(0, 59))
        return min(datetime.combine(day, hour, self.zone), self.now)

    def phone(self, city: Any) -> str:
        """A number that nobody else of the story has; none where the free ones have become few."""
        drawn = (self.world.phone(self.random, city) for _ in range(PHONE_TRIES))
        number = next((one for one in drawn if one not in self._phones), "")
        self._phones.add(number)
        return number

    def create(self, type_name: str, at: datetime, owner: User, **values: Any) -> Any:
        with standing_at(at), context.acting(owner.actor):
            record_type = type_named(type_name)
            return create_record(record_type=record_type, values=values | {"owner": owner}, by=owner.actor)

    def update(self, record: Any, at: datetime, by: User, **values: Any) -> Any:
        with standing_at(at), context.acting(by.actor):
            return update_record(record=record, values=values, by=by.actor)

    def note(self, record: Any, at: datetime, by: User, body: str) -> None:
        with standing_at(at), context.acting(by.actor):
            add_note(record=record, body=body, by=by.actor)
