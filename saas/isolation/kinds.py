"""The night's operation: the ring is drawn, every company in it attacked, the reports written and signed.

Every process registers it; what it attacks with is imported by the one that does.
"""

import time
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Agency, Company
from tenants.fleet.isolation import actions
from tenants.fleet.isolation.queries import attacks_of
from tenants.fleet.models import IsolationAttack
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.kernel.logs import logger

log = logger(__name__)


@step(_("Drawing who attacks whom"))
def draw(work: Work) -> None:
    count = actions.draw_ring(
        work.operation.pk, most=work.arguments.get("companies"), agency_id=work.operation.agency_id
    )
    work.say(f"{count} companies")


@step(_("Attacking"))
def strike(work: Work) -> None:
    """Company after company, until all are done or the night is over. Begun anew it goes on with the rest."""
    all_of_them = attacks_of(work.operation.pk)
    total, until = all_of_them.count(), time.monotonic() + _seconds(work)
    for one in all_of_them.filter(ended_at=None):
        work.check()
        if time.monotonic() > until:
            work.say("The night is over; the rest comes first tomorrow.")
            break
        _attack(work, one)
        work.tell(all_of_them.exclude(ended_at=None).count(), total)


def _seconds(work: Work) -> float:
    return float(work.arguments.get("minutes") or settings.ISOLATION_MINUTES) * 60


def _attack(work: Work, one: IsolationAttack) -> None:
    from saas.isolation.attacking import attack

    pair = {
        row.pk: row for row in Company.objects.select_related("agency").filter(pk__in=[one.attacker_id, one.company_id])
    }
    if len(pair) < 2:  # one of them was taken away meanwhile
        one.delete()
        return
    came = attack(attacker=pair[one.attacker_id], victim=pair[one.company_id], rests=bool(work.arguments.get("rests")))
    actions.close_attack(attack=one, verdict=came.verdict, doors=came.doors, seconds=came.seconds)
    tried = sum(door["attacks"] for door in came.doors)
    work.say(f"{one.company_name}: {came.verdict}, {tried} attacks in {came.seconds} s")


@step(_("Writing and signing the reports"))
def report(work: Work) -> None:
    from saas.isolation.tally import verdict_of

    actions.left_over(work.operation.pk)
    attacks = list(attacks_of(work.operation.pk).order_by("agency_id", "company_name", "pk"))
    for agency_id, its in groupby(attacks, key=lambda one: one.agency_id):
        agency = Agency.objects.filter(pk=agency_id).first()
        if agency:
            _report(work, agency, list(its))
    actions.forget_old()
    doors = [told for one in attacks for told in one.doors]
    work.give(
        verdict=str(verdict_of([one.verdict for one in attacks])), companies=len(attacks),
        attacks=sum(told["attacks"] for told in doors), findings=sum(len(told["findings"]) for told in doors),
    )  # fmt: skip


def _report(work: Work, agency: Agency, attacks: list[IsolationAttack]) -> None:
    from saas.isolation.alarm import sound
    from saas.isolation.documents import document_of

    document = document_of(work.operation, agency, attacks)
    made, is_new = actions.write_report(operation_id=work.operation.pk, agency=agency, document=document, by=work.actor)
    if is_new:
        sound(made, agency)


ISOLATION = register(Kind(name="isolation", label=_("Isolation proof"), steps=(draw, strike, report)))
