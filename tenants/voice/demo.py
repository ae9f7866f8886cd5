"""Calls of a demo company: the last ten weeks, as its people would have made and noted them."""

import random
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from tenants.crm.models import Contact, Deal
from tenants.directory.hosts import company_now
from tenants.identity.models import User
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.voice.actions import log_call
from tenants.voice.demo_words import TALKS
from tenants.voice.enums import Direction, Disposition, Outcome
from tenants.voice.models import Call
from tenants.voice.providers.base import Recording
from tenants.voice.recordings import store
from tenants.voice.tones import conversation

CALLS = 54
RECORDED = 6
DAYS = 70
NOTED_AFTER = timedelta(hours=1)
UNANSWERED = (
    (Outcome.NO_ANSWER, Disposition.CALL_BACK),
    (Outcome.VOICEMAIL, Disposition.LEFT_MESSAGE),
    (Outcome.BUSY, ""),
)


def load(facts: Mapping[str, str]) -> None:
    """Log calls on contacts and open deals; the newest answered ones have a recording."""
    dice = random.Random(facts["slug"])  # noqa: S311 - the same story each time, no secret
    callers = [user.actor for user in User.objects.select_related("role") if user.actor.may("create", "calls")]
    records = _records(dice)
    if not callers or not records:
        return
    talks = TALKS.get(facts.get("language", "en"), TALKS["en"])
    made = []
    for at in _moments(dice):
        with standing_at(at + NOTED_AFTER):
            made.append(_call(dice, dice.choice(records), dice.choice(callers), talks, at))
    for call in [one for one in made if one.outcome == Outcome.ANSWERED][-RECORDED:]:
        _record(call, dice.randrange(1000))


def _records(dice: random.Random) -> list[Any]:
    """People with a number, and deals of such people."""
    people = list(Contact.objects.filter(deleted_at=None).exclude(phone="").order_by("created_at", "id"))
    deals = Deal.objects.filter(deleted_at=None, status="open", contact__phone__gt="").select_related(
        "contact", "account"
    )
    return dice.sample(people, min(26, len(people))) + list(deals.order_by("created_at", "id")[:14])


def _moments(dice: random.Random) -> list[datetime]:
    """Working hours of working days in the company's zone, oldest first, none ahead."""
    zone = ZoneInfo(company_now().time_zone)
    now = timezone.now()
    found: list[datetime] = []
    while len(found) < CALLS:
        day = (now - timedelta(days=dice.randrange(1, DAYS))).astimezone(zone).date()
        if day.weekday() < 5:
            found.append(datetime.combine(day, time(dice.randrange(9, 18), dice.randrange(60)), zone))
    return sorted(found)


def _call(dice: random.Random, record: Any, by: Actor, talks: tuple[tuple[str, str], ...], at: datetime) -> Call:
    if dice.random() < 0.36:
        outcome, result = dice.choice(UNANSWERED)
        return log_call(record=record, outcome=outcome, disposition=result, started_at=at, by=by)
    result, words = dice.choice(talks)
    return log_call(
        record=record, outcome=Outcome.ANSWERED, disposition=result, notes=words, started_at=at, by=by,
        talk_seconds=round(dice.lognormvariate(5.2, 0.7)), direction=dice.choices(Direction.values, (4, 1))[0],
    )  # fmt: skip


def _record(call: Call, seed: int) -> None:
    """Half a minute of it, as sound of our own making."""
    store(
        UUID(str(call.pk)),
        Recording(data=conversation(min(32, call.talk_seconds or 8), seed=seed), content_type="audio/wav"),
    )
