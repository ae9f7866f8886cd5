"""Writes of the nightly isolation proof: who attacks whom, what came of it, the reports. In public."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import SystemRandom
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.models import Agency, Company
from tenants.fleet.isolation.queries import KIND, attackable, attacks_of, proofs_under_way
from tenants.fleet.models import IsolationAttack, IsolationReport, Operation, Verdict
from tenants.fleet.operations.actions import begin
from tenants.fleet.operations.kinds import kind_named
from tenants.fleet.signing import key_in_use, sign
from tenants.kernel import trust
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict
from tenants.kernel.ids import uuid7

NIGHTS = 7
LEAST_A_NIGHT = 200
"""A fleet of so many is attacked whole, every night."""
KEPT = timedelta(days=90)
"""How long single attacks are kept; reports stay."""


@transaction.atomic
def draw_ring(operation_id: UUID, *, most: int | None = None, agency_id: UUID | None = None) -> int:
    """Choose the companies of this night and who attacks whom, by lot; how many. Drawn once an operation.

    Those that waited longest come first, and as many that all have their turn within a week. Everybody is
    attacked by the next in the ring. Raises Conflict where there are no two.
    """
    drawn = IsolationAttack.objects.filter(operation_id=operation_id).count()
    if drawn:
        return drawn
    found = attackable().filter(agency_id=agency_id) if agency_id else attackable()
    victims = list(found[: most or max(LEAST_A_NIGHT, -(-found.count() // NIGHTS))])
    attackers = victims if len(victims) > 1 else [*victims, *attackable().exclude(pk__in=[v.pk for v in victims])[:1]]
    if len(attackers) < 2:
        raise Conflict(_("One company alone cannot be attacked from another. Make a second one."))
    dice = SystemRandom()
    dice.shuffle(attackers)
    IsolationAttack.objects.bulk_create(
        _waiting(operation_id, victim, _before(attackers, victim)) for victim in attackers if victim in victims
    )
    return len(victims)


def _before(ring: Sequence[Company], company: Company) -> Company:
    return ring[ring.index(company) - 1]


def _waiting(operation_id: UUID, victim: Company, attacker: Company) -> IsolationAttack:
    return IsolationAttack(
        operation_id=operation_id, agency_id=victim.agency_id, company_id=victim.pk,
        company_name=victim.name, attacker_id=attacker.pk,
    )  # fmt: skip


def close_attack(*, attack: IsolationAttack, verdict: Verdict, doors: list[dict[str, Any]], seconds: float) -> None:
    attack.verdict, attack.doors, attack.seconds, attack.ended_at = verdict, doors, seconds, timezone.now()
    attack.save(update_fields=["verdict", "doors", "seconds", "ended_at", "updated_at"])


@transaction.atomic
def write_report(
    *, operation_id: UUID, agency: Agency, document: Mapping[str, Any], by: Actor
) -> tuple[IsolationReport, bool]:
    """Keep what an agency is told of a night, signed; also whether it is new. Written once, whoever asks again."""
    before = IsolationReport.objects.filter(operation_id=operation_id, agency_id=agency.pk).first()
    if before:
        return before, False
    key, report_id = key_in_use(), uuid7()
    signed = {**document, "id": str(report_id)}
    report = IsolationReport.objects.create(
        id=report_id, operation_id=operation_id, agency_id=agency.pk, verdict=document["verdict"],
        companies=len(document["companies"]), attacks=sum(door["attacks"] for door in document["doors"]),
        findings=len(document["findings"]), document=signed, key_id=key.pk, signature=sign(signed, key),
    )  # fmt: skip
    trust.note(
        "isolation.breached" if report.verdict == Verdict.RED else "isolation.reported", by=by,
        subject=f"agency:{agency.pk}", agency=str(agency.pk), report=str(report.pk), verdict=report.verdict,
    )  # fmt: skip
    return report, True


def forget_old() -> int:
    """Single attacks of long ago; what the reports say of them is kept."""
    return IsolationAttack.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def left_over(operation_id: UUID) -> int:
    """Companies the night was too short for: they are the first of the next. How many that were."""
    return attacks_of(operation_id).filter(ended_at=None).delete()[0]


@transaction.atomic
def begin_proof(
    *, by: Actor, agency: Agency | None = None, companies: int | None = None, minutes: int | None = None,
    rests: bool = False,
) -> Operation:  # fmt: skip
    """Attack companies now: those of one agency, or as many of all as have their turn.

    `rests`: the day's work goes first. Raises Conflict while another proof is under way.
    """
    if proofs_under_way().exists():
        raise Conflict(_("Isolation is being attacked right now. Wait until that is over."))
    asked: dict[str, Any] = {
        "companies": companies,
        "minutes": minutes,
        "rests": rests,
    }
    return begin(kind_named(KIND), by=by, agency=agency, **{name: value for name, value in asked.items() if value})
