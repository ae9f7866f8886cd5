"""One company attacked from another, door by door."""

import time
from dataclasses import dataclass
from typing import Any

from saas.isolation.doors import DOORS, Door
from saas.isolation.people import NAME
from saas.isolation.scene import staged
from saas.isolation.tally import Tally, verdict_of
from tenants.directory.models import Company
from tenants.fleet.models import Verdict
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.logs import logger

REST = 0.5
"""How long the night rests after each door, in parts of what the door took: the day's work goes first."""
log = logger(__name__)


@dataclass(frozen=True)
class Attacked:
    verdict: Verdict
    doors: list[dict[str, Any]]
    seconds: float


def attack(*, attacker: Company, victim: Company, rests: bool = False) -> Attacked:
    """Every door, each in a rehearsal of its own. Nothing of either company is changed. In public."""
    began = time.monotonic()
    tallies = [_at(door, attacker, victim, rests=rests) for door in DOORS]
    for company in (attacker, victim):
        if _has_traces(company):
            tallies[0].broke("people of an attack were left behind")
    verdict = verdict_of([tally.state for tally in tallies])
    return Attacked(verdict, [tally.told for tally in tallies], round(time.monotonic() - began, 1))


def _at(door: Door, attacker: Company, victim: Company, *, rests: bool) -> Tally:
    tally, began = Tally(door.name, needs_proof=door.needs_proof), time.monotonic()
    try:
        with staged(attacker, victim) as scene:
            door.attack(scene, tally)
    except Exception as fault:  # whatever breaks an attack has proven nothing, and the other doors are still to do
        log.exception("isolation attack broke", door=door.name, company_id=str(victim.pk))
        tally.broke(f"the attack broke: {type(fault).__name__}")
    if rests:
        time.sleep((time.monotonic() - began) * REST)
    return tally


def _has_traces(company: Company) -> bool:
    with context.inside(company.place):
        return User.objects.filter(name=NAME, email__endswith="@proof.invalid").exists()
