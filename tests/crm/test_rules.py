"""What stages and statuses mean."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm import rules
from tenants.crm.enums import StageKind
from tenants.crm.models import Deal, Pipeline, Stage, Task
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.models import Event
from tests.factories import Twin, make

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def moved(deal: Deal, name: str, by: Actor, **values: Any) -> Deal:
    stage = Stage.objects.get(name=name)
    found: Deal = update_record(record=deal, values={"stage": stage.pk, **values}, by=by)
    return found


def told(deal: Deal) -> list[str]:
    return list(Event.objects.filter(record_id=deal.pk).values_list("name", flat=True))


def test_seed_plants_the_nine_stages(company: Twin) -> None:
    pipeline = Pipeline.objects.get()

    assert (pipeline.name, pipeline.is_default) == ("Sales", True)
    assert list(Stage.objects.order_by("position").values_list("position", "name", "probability", "kind")) == [
        (1, "New Lead", 10, "open"),
        (2, "Contacted", 20, "open"),
        (3, "Qualified (MQL)", 35, "open"),
        (4, "Meeting Scheduled", 50, "open"),
        (5, "Proposal Sent", 65, "open"),
        (6, "Negotiation", 80, "open"),
        (7, "Closed Won", 100, "won"),
        (8, "Closed Lost", 0, "lost"),
        (9, "Nurturing", 5, "open"),
    ]


def test_new_deal_starts_in_the_first_stage_with_its_probability(company: Twin) -> None:
    deal = make("deals", name="Rooftop")

    assert (deal.stage.name, deal.status, deal.probability, deal.currency, deal.closed_on) == (
        "New Lead",
        "open",
        10,
        "INR",
        None,
    )


@pytest.mark.parametrize(
    ("stage", "status", "probability", "event"),
    [("Closed Won", "won", 100, "deal.won"), ("Closed Lost", "lost", 0, "deal.lost")],
)
def test_closing_stage_closes_the_deal_and_says_so_once(
    company: Twin, by: Actor, stage: str, status: str, probability: int, event: str
) -> None:
    deal = make("deals", name="Rooftop", amount="1000")
    with standing_at(NOON):
        deal = moved(deal, stage, by)
    moved(deal, stage, by)

    deal.refresh_from_db()
    assert (deal.status, deal.probability, deal.closed_on, deal.stage_changed_at) == (
        status,
        probability,
        date(2026, 3, 2),
        NOON,
    )
    assert [name for name in told(deal) if name == event] == [event]
    assert Event.objects.get(record_id=deal.pk, name=event).payload == {"amount": "1000.0000", "currency": "INR"}


def test_reopening_takes_the_closing_back(company: Twin, by: Actor) -> None:
    deal = moved(make("deals", name="Rooftop"), "Closed Won", by)
    deal = moved(deal, "Negotiation", by)

    deal.refresh_from_db()
    assert (deal.status, deal.closed_on, deal.probability) == ("open", None, 80)


def test_probability_somebody_set_is_kept(company: Twin, by: Actor) -> None:
    deal = moved(make("deals", name="Rooftop"), "Negotiation", by, probability=95)
    assert deal.probability == 95

    deal = update_record(record=deal, values={"name": "Rooftop, phase 2"}, by=by)
    assert deal.probability == 95


@pytest.mark.parametrize("probability", [-1, 101, "half"])
def test_probability_is_a_percentage(company: Twin, by: Actor, probability: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        update_record(record=make("deals", name="Rooftop"), values={"probability": probability}, by=by)
    assert list(refusal.value.errors) == ["probability"]


def test_other_changes_leave_the_stage_clock_alone(company: Twin, by: Actor) -> None:
    with standing_at(NOON):
        deal = make("deals", name="Rooftop")
    update_record(record=deal, values={"amount": "5"}, by=by)

    deal.refresh_from_db()
    assert deal.stage_changed_at == NOON


def test_status_cannot_be_written_past_the_stage(company: Twin, by: Actor) -> None:
    with pytest.raises(Invalid):
        update_record(record=make("deals", name="Rooftop"), values={"status": "won"}, by=by)


def test_finishing_a_task_notes_when_and_reopening_forgets(company: Twin, by: Actor) -> None:
    task = make("tasks", name="Call")
    with standing_at(NOON):
        task = update_record(record=task, values={"status": "completed"}, by=by)
    assert task.completed_at == NOON

    assert update_record(record=task, values={"status": "pending"}, by=by).completed_at is None


@pytest.mark.parametrize(
    ("due", "status", "expected"),
    [
        (timedelta(hours=-1), "pending", "overdue"),
        (timedelta(hours=1), "pending", "today"),
        (timedelta(hours=1), "in_progress", "today"),
        (timedelta(days=1, hours=1), "pending", "ok"),
        (timedelta(hours=-1), "completed", "none"),
        (timedelta(hours=-1), "cancelled", "none"),
        (None, "pending", "none"),
    ],
)
def test_urgency(due: timedelta | None, status: str, expected: str) -> None:
    with standing_at(NOON), timezone.override("UTC"):
        assert rules.urgency(Task(due_at=NOON + due if due is not None else None, status=status)) == expected


def test_urgency_of_no_task_is_none() -> None:
    assert rules.urgency(None) == "none"


def test_today_is_the_readers_day(company: Twin) -> None:
    """19:00 UTC is past midnight in India: due tomorrow there, today in London."""
    task = Task(due_at=NOON + timedelta(hours=7), status="pending")
    with standing_at(NOON):
        with timezone.override("Asia/Kolkata"):
            assert rules.urgency(task) == "ok"
        with timezone.override("Europe/London"):
            assert rules.urgency(task) == "today"


def test_stage_kinds_are_three() -> None:
    assert StageKind.values == ["open", "won", "lost"]
