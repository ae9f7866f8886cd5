"""One company before the door of another: who attacks, what is guarded, and how an answer is judged."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from django.db import DatabaseError

from saas.isolation.browser import Browser, Reply
from saas.isolation.meter import Count, Meter
from saas.isolation.people import Person, make_person
from saas.isolation.planting import Canary, plant
from saas.isolation.tally import READ, SHOWN, WRITTEN, Tally
from saas.isolation.undone import rehearsal, undone
from tenants.directory.models import Company

NOTHING = Count(0, 0)


@dataclass(frozen=True)
class Heard:
    """An answer, and what the server did with the victim's tables for it."""

    reply: Reply
    done: Count = NOTHING


@dataclass
class Scene:
    """`attacker` wants in, `victim` is at home: both made for this one attack."""

    attacker: Person
    victim: Person
    canary: Canary
    meter: Meter
    dice: random.Random = field(default_factory=random.SystemRandom)

    @cached_property
    def guarded(self) -> frozenset[str]:
        """What stands in no answer to anybody else."""
        place = self.victim.place
        return self.canary.known | {self.canary.tail, place.schema, str(place.company_id)}

    def ask(
        self, browser: Browser, method: str, path: str, *, query: str = "", body: bytes = b"", **headers: str
    ) -> Heard:
        """One request, taken back."""
        with undone():
            before = self.meter.count()
            reply = browser.ask(method, path, query=query, body=body, **headers)
            try:
                done = self.meter.count() - before
            except DatabaseError:  # the request broke the transaction: its answer says so
                done = NOTHING
        return Heard(reply, done)

    def leaked(self, text: str, *, asked: str = "") -> str:
        """The first guarded word in a text that was not in the question; empty where there is none."""
        return next((word for word in self.guarded if word in text and word not in asked), "")

    def judge(
        self,
        tally: Tally,
        heard: Heard,
        *,
        attack: str,
        hazard: str,
        place: str,
        asked: str = "",
        is_inside: bool = False,
    ) -> None:
        """Note what got through. `is_inside`: asked at the victim's own host, which reads there to refuse."""
        tally.tried(hazard)
        if word := self.leaked(heard.reply.text, asked=asked):
            tally.found(attack, hazard, SHOWN, place, word)
        if heard.done.writes:
            tally.found(attack, hazard, WRITTEN, place)
        elif heard.done.reads and not is_inside:
            tally.found(attack, hazard, READ, place)
        if heard.reply.status >= 500:
            tally.broke(f"{attack}: {place} ({heard.reply.status})")


@contextmanager
def staged(attacker: Company, victim: Company) -> Iterator[Scene]:
    """A scene in a rehearsal."""
    with rehearsal():
        home = make_person(victim)
        away = make_person(attacker)
        canary = plant(home, away.place)
        yield Scene(away, home, canary, Meter(victim.schema_name))
