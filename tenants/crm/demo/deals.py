"""Deals on their way: most of two years are decided, the young ones stand on the board."""

from datetime import timedelta
from typing import Any

from tenants.crm.actions import add_reason
from tenants.crm.demo.people import SOURCES
from tenants.crm.demo.story import Story
from tenants.crm.demo.world import amount_of, weighted
from tenants.crm.enums import StageKind, Temperature
from tenants.crm.models import LostReason, Stage
from tenants.crm.queries import default_pipeline
from tenants.kernel.actors import robot

CYCLE_DAYS = (12, 85)
OUTCOMES = ((StageKind.WON, 46), (StageKind.LOST, 42), (StageKind.OPEN, 6))
STILL_OPEN_SHARE = 0.38
ROT_DAYS = 30
TEMPERATURES = (("", 40), (Temperature.WARM, 30), (Temperature.HOT, 15), (Temperature.COLD, 15))


def tell_reasons(story: Story) -> None:
    """The company's own words for why deals are lost, and after how many days a card goes stale."""
    LostReason.objects.all().delete()
    story.lost_reasons = [add_reason(name=name, by=robot()) for name in story.world.lost_reasons]
    Stage.objects.filter(kind=StageKind.OPEN).update(rot_days=ROT_DAYS)


def tell_deals(story: Story, accounts: list[Any], contacts: list[Any], count: int) -> list[Any]:
    stages = list(Stage.objects.filter(pipeline=default_pipeline()).order_by("position"))
    people: dict[Any, list[Any]] = {}
    for contact in contacts:
        people.setdefault(contact.account_id, []).append(contact)
    still_open = round(count * STILL_OPEN_SHARE)
    # Who has been a customer for longer has bought and refused more often.
    ages = [(story.now - account.created_at).days for account in accounts]
    buyers = [
        *story.random.choices(accounts, k=still_open),
        *story.random.choices(accounts, ages, k=count - still_open),
    ]
    return [
        _deal(story, stages, account, people.get(account.pk, []), is_open=number < still_open)
        for number, account in enumerate(buyers)
    ]


def _deal(story: Story, stages: list[Stage], account: Any, people: list[Any], *, is_open: bool) -> Any:
    random = story.random
    oldest = (story.now - account.created_at).days
    age = random.uniform(1, min(70, oldest)) if is_open else random.uniform(min(25, oldest), oldest)
    started, owner = story.at(age), account.owner if random.random() < 0.8 else story.someone()
    deal = story.create(
        "deals",
        started,
        owner,
        name=random.choice(story.world.deals).format(n=random.choice(story.world.deal_numbers), city=account.city),
        account=account,
        contact=random.choice(people) if people else None,
        stage=stages[0],
        amount=amount_of(random, story.world),
        currency=story.currency,
        expected_close_on=(started + timedelta(days=random.randint(20, 95))).date(),
        source=weighted(random, SOURCES),
        temperature=weighted(random, TEMPERATURES),
    )
    for stage, days_later in _way(story, stages, age, is_open=is_open):
        deal = _moved(story, deal, stage, max(age - days_later, 0), owner)
    return deal


def _way(story: Story, stages: list[Stage], age: float, *, is_open: bool) -> list[tuple[Stage, float]]:
    """The stages a deal went through after the first, with the days since its start."""
    random = story.random
    climb = [
        stage for stage in stages[1:] if stage.kind == StageKind.OPEN and stage.probability > stages[0].probability
    ]
    if is_open:
        reached = min(len(climb), int(random.random() * (age / 9 + 1)))
        passed = sorted(random.sample(range(reached), min(reached, 3))) if reached else []
        return [(climb[i], age * (step + 1) / (len(passed) + 1)) for step, i in enumerate(passed)]
    outcome = weighted(random, OUTCOMES)
    last = next(stage for stage in reversed(stages) if stage.kind == outcome)
    passed = sorted(random.sample(range(len(climb)), random.randint(1, 3)))
    cycle = min(age, random.uniform(*CYCLE_DAYS))
    steps = [*(climb[i] for i in passed), last]
    return [(stage, cycle * (step + 1) / len(steps)) for step, stage in enumerate(steps)]


def _moved(story: Story, deal: Any, stage: Stage, days_ago: float, by: Any) -> Any:
    values: dict[str, Any] = {"stage": stage}
    if stage.kind == StageKind.LOST:
        values["lost_reason"] = story.random.choice(story.lost_reasons)
    elif story.random.random() < 0.15:
        values["amount"] = amount_of(story.random, story.world)
    at = max(story.at(days_ago), deal.updated_at)
    return story.update(deal, at, by, **values)
