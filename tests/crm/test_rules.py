"""What stages and statuses mean."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm import rules
from tenants.crm.enums import StageKind
from tenants.crm.models import Deal, LostReason, Pipeline, Stage, Task
from tenants.crm.visits import visits_of
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


@pytest.mark.parametrize(
    ("status", "stage", "event"),
    [
        ("won", "Closed Won", "deal.won"),
        ("lost", "Closed Lost", "deal.lost"),
        ("abandoned", "Closed Lost", "deal.abandoned"),
    ],
)
def test_status_moves_the_deal_to_its_stage(company: Twin, by: Actor, status: str, stage: str, event: str) -> None:
    deal = moved(make("deals", name="Rooftop"), "Negotiation", by)

    deal = update_record(record=deal, values={"status": status}, by=by)

    assert (deal.status, deal.stage.name) == (status, stage)
    assert told(deal)[-2:] == [event, "deal.updated"]


def test_reopening_leads_back_to_where_it_stood(company: Twin, by: Actor) -> None:
    reason = LostReason.objects.all()[0]
    deal = moved(make("deals", name="Rooftop"), "Proposal Sent", by)
    deal = update_record(
        record=deal, values={"status": "lost", "lost_reason": reason.pk, "lost_note": "Too late"}, by=by
    )
    assert deal.lost_reason == reason

    deal = update_record(record=deal, values={"status": "open"}, by=by)

    assert (deal.stage.name, deal.status, deal.closed_on, deal.lost_reason, deal.lost_note) == (
        "Proposal Sent", "open", None, None, "",
    )  # fmt: skip


def test_status_that_does_not_fit_the_stage_is_refused(company: Twin, by: Actor) -> None:
    deal = make("deals", name="Rooftop")
    stage = Stage.objects.get(name="Negotiation")

    with pytest.raises(Invalid) as refusal:
        update_record(record=deal, values={"status": "won", "stage": stage.pk}, by=by)

    assert refusal.value.errors == {"status": ["Negotiation is no stage for Won. Send only one of them."]}
    assert Deal.objects.get(pk=deal.pk).stage.name == "New Lead"


def test_way_of_a_deal_is_kept(company: Twin, by: Actor) -> None:
    with standing_at(NOON):
        deal = make("deals", name="Rooftop")
    with standing_at(NOON + timedelta(days=3)):
        deal = moved(deal, "Negotiation", by)
    with standing_at(NOON + timedelta(days=10)):
        moved(deal, "Closed Won", by)

    stays = visits_of(deal)

    assert [(one.stage.name, one.left_at is None) for one in stays] == [
        ("New Lead", False), ("Negotiation", False), ("Closed Won", True),
    ]  # fmt: skip
    assert [one.days for one in stays][:2] == [3, 7]


def test_card_rots_when_nobody_touches_the_deal(company: Twin, by: Actor) -> None:
    Stage.objects.filter(name="New Lead").update(rot_days=5)
    with standing_at(NOON):
        deal = make("deals", name="Rooftop")
    deal = Deal.objects.select_related("stage").get(pk=deal.pk)

    with standing_at(NOON + timedelta(days=5)):
        assert not rules.is_rotting(deal)
    with standing_at(NOON + timedelta(days=6)):
        assert rules.is_rotting(deal)
        make("activities", subject="Called", about_type="deals", about_id=deal.pk)
        assert not rules.is_rotting(Deal.objects.select_related("stage").get(pk=deal.pk))


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
