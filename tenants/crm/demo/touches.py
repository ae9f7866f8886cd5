"""What was done with people and deals, who works together, what deals are about, and what repeats."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tenants.crm.actions import set_lines, set_reminders, set_team
from tenants.crm.demo.story import Story
from tenants.crm.demo.world import weighted
from tenants.crm.enums import ActivityType, DealStatus, Outcome, SeatRole
from tenants.records.registry import type_of

# What people log by hand most; the other types come from the modules they belong to.
TYPES = (
    (ActivityType.PHONE_CALL, 30), (ActivityType.EMAIL, 24), (ActivityType.MEETING, 14), (ActivityType.WHATSAPP, 10),
    (ActivityType.FOLLOW_UP, 7), (ActivityType.PROPOSAL_SENT, 5), (ActivityType.QUOTE_SENT, 4),
    (ActivityType.DEMO_COMPLETED, 3), (ActivityType.SOCIAL_INTERACTION, 2), (ActivityType.CONTRACT_SENT, 1),
)  # fmt: skip
OUTCOMES = ((Outcome.POSITIVE, 45), (Outcome.NEUTRAL, 35), (Outcome.NEGATIVE, 10), (Outcome.NO_ANSWER, 10))
TIMED = (ActivityType.PHONE_CALL, ActivityType.MEETING, ActivityType.DEMO_COMPLETED)


def tell_activities(story: Story, subjects: list[Any], count: int) -> None:
    """More of them lately, each by the owner of what it is about."""
    for subject in story.random.choices(subjects, k=count):
        _activity(story, subject)


def _activity(story: Story, subject: Any) -> None:
    random, record_type = story.random, type_of(subject)
    assert record_type
    since = (story.now - subject.created_at).days
    at = max(story.at(since * random.random() ** 2), subject.created_at)
    kind = weighted(random, TYPES)
    story.create(
        "activities",
        at,
        subject.owner,
        type=kind,
        subject=random.choice(story.world.tasks),
        occurred_at=at,
        duration_minutes=random.choice((5, 10, 15, 30, 45, 60)) if kind in TIMED else None,
        outcome=weighted(random, OUTCOMES),
        description=random.choice(story.world.notes) if random.random() < 0.3 else "",
        about_type=record_type.name,
        about_id=subject.pk,
    )


def tell_teams(story: Story, subjects: list[Any]) -> None:
    """A colleague or two beside the owner."""
    for subject in subjects:
        others = [one for one in story.staff if one.pk != subject.owner_id]
        chosen = story.random.sample(others, min(len(others), story.random.randint(1, 2)))
        seats = {one.pk: story.random.choice(SeatRole.values) for one in chosen}
        if seats:
            set_team(record=subject, seats=seats, by=subject.owner.actor)


def tell_lines(story: Story, deals: list[Any]) -> None:
    """Two or three products that add up to a deal's amount."""
    for deal in deals:
        shares = story.random.choice(
            ((Decimal("0.8"), Decimal("0.2")), (Decimal("0.6"), Decimal("0.3"), Decimal("0.1")))
        )
        names = story.random.sample(story.world.deals, len(shares))
        rows = [
            {"name": name.format(n=story.random.choice(story.world.deal_numbers), city="").strip(" –,"), "quantity": 1,
             "price": (deal.amount * share).quantize(Decimal("0.01"))}
            for name, share in zip(names, shares, strict=True)
        ]  # fmt: skip
        set_lines(deal=deal, rows=rows, by=deal.owner.actor)


def tell_habits(story: Story, deals: list[Any]) -> None:
    """A weekly look at the most valuable open deals, with reminders."""
    open_deals = sorted((deal for deal in deals if deal.status == DealStatus.OPEN), key=lambda deal: -deal.amount)
    for deal in open_deals[:4]:
        due = (story.now + timedelta(days=story.random.randint(1, 6))).astimezone(story.zone)
        task = story.create(
            "tasks",
            max(story.at(6), deal.created_at),
            deal.owner,
            name=story.random.choice(story.world.tasks),
            category="follow_up",
            due_at=due.replace(hour=10, minute=0, second=0, microsecond=0),
            repeats="FREQ=WEEKLY",
            about_type="deals",
            about_id=deal.pk,
        )
        set_reminders(task=task, whens=[30, 1440], by=deal.owner.actor)
