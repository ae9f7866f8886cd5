"""Who attacks whom: everybody once, never themselves, those first that waited longest."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.directory.actions import suspend_company
from tenants.directory.models import Company
from tenants.fleet.isolation import actions
from tenants.fleet.isolation.queries import attackable, attacks_of, breaches, coverage
from tenants.fleet.models import IsolationAttack, Verdict
from tenants.kernel.errors import Conflict
from tenants.kernel.ids import uuid7
from tests.factories import Twin

NOW = timezone.now()


def attacked(company: Company, *, days_ago: float, verdict: str = Verdict.GREEN) -> IsolationAttack:
    return IsolationAttack.objects.create(
        operation_id=uuid7(), agency_id=company.agency_id, company_id=company.pk, company_name=company.name,
        attacker_id=uuid7(), verdict=verdict, ended_at=NOW - timedelta(days=days_ago),
    )  # fmt: skip


def test_everybody_is_attacked_by_another(public: None, twins: tuple[Twin, Twin]) -> None:
    operation = uuid7()

    assert actions.draw_ring(operation) == 2
    drawn = {one.company_id: one.attacker_id for one in attacks_of(operation)}
    one, two = twins[0].company.pk, twins[1].company.pk
    assert drawn == {one: two, two: one}


def test_a_ring_is_drawn_once(public: None, twins: tuple[Twin, Twin]) -> None:
    operation = uuid7()
    actions.draw_ring(operation)

    assert actions.draw_ring(operation) == 2
    assert attacks_of(operation).count() == 2


def test_who_waited_longest_comes_first(public: None, twins: tuple[Twin, Twin]) -> None:
    attacked(twins[0].company, days_ago=1)
    operation = uuid7()

    assert actions.draw_ring(operation, most=1) == 1
    only = attacks_of(operation).get()
    assert (only.company_id, only.attacker_id) == (twins[1].company.pk, twins[0].company.pk)


def test_one_agency_alone_is_attacked_from_another(public: None, twins: tuple[Twin, Twin]) -> None:
    operation = uuid7()

    assert actions.draw_ring(operation, agency_id=twins[0].agency.pk) == 1
    only = attacks_of(operation).get()
    assert (only.company_id, only.attacker_id) == (twins[0].company.pk, twins[1].company.pk)


def test_a_closed_company_is_left_out(public: None, twins: tuple[Twin, Twin]) -> None:
    suspend_company(company=twins[0].company)

    assert [one.pk for one in attackable()] == [twins[1].company.pk]
    with pytest.raises(Conflict):
        actions.draw_ring(uuid7())


def test_coverage_counts_a_week(public: None, twins: tuple[Twin, Twin]) -> None:
    attacked(twins[0].company, days_ago=6)
    attacked(twins[1].company, days_ago=8)

    assert (coverage().companies, coverage().attacked) == (2, 1)
    assert coverage(twins[1].agency.pk).attacked == 0


def test_an_alarm_ends_with_an_attack_that_finds_nothing(public: None, twins: tuple[Twin, Twin]) -> None:
    red = attacked(twins[0].company, days_ago=2, verdict=Verdict.RED)
    attacked(twins[0].company, days_ago=1, verdict=Verdict.UNCLEAR)
    attacked(twins[1].company, days_ago=1)
    assert list(breaches()) == [red]

    attacked(twins[0].company, days_ago=0.5)

    assert list(breaches()) == []


def test_old_attacks_are_forgotten(public: None, twins: tuple[Twin, Twin]) -> None:
    old, new = attacked(twins[0].company, days_ago=1), attacked(twins[1].company, days_ago=1)
    IsolationAttack.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=91))

    assert actions.forget_old() == 1
    assert list(IsolationAttack.objects.all()) == [new]
