"""What is to be done, what was done, and what people wrote down."""

from datetime import datetime, timedelta
from typing import Any

from tenants.crm.demo.story import Story
from tenants.crm.demo.world import weighted
from tenants.crm.enums import DealStatus, Priority, TaskStatus
from tenants.records.registry import type_of

PRIORITIES = ((Priority.MEDIUM, 55), (Priority.HIGH, 22), (Priority.LOW, 15), (Priority.URGENT, 8))


def tell_tasks(story: Story, deals: list[Any], contacts: list[Any], *, still_open: int, done: int) -> None:
    """Open ones mostly about open deals: overdue, for today, ahead. The rest was done in time."""
    on_board = [deal for deal in deals if deal.status == DealStatus.OPEN]
    subjects = story.random.sample(on_board, min(len(on_board), still_open * 3 // 4))
    subjects += story.random.sample(contacts, still_open - len(subjects))
    for number, subject in enumerate(subjects):
        _task(story, subject, subject.owner, max(story.at(5), subject.created_at), _due(story, number))
    for subject in story.random.sample([*deals, *contacts], done):
        _done_task(story, subject)


def _due(story: Story, number: int) -> datetime:
    """Of ten: three are late, two are for today, five lie ahead."""
    random, place = story.random, number % 10
    if place < 3:
        return story.at(random.uniform(1, 9))
    if place < 5:
        end_of_day = story.now.astimezone(story.zone).replace(hour=23, minute=30, second=0, microsecond=0)
        return min(story.now + timedelta(hours=random.randint(1, 6)), end_of_day).replace(second=0, microsecond=0)
    ahead = (story.now + timedelta(days=random.randint(1, 21))).astimezone(story.zone)
    return ahead.replace(hour=random.randint(9, 17), minute=random.choice((0, 15, 30, 45)), second=0, microsecond=0)


def _task(story: Story, subject: Any, owner: Any, at: datetime, due_at: datetime) -> Any:
    record_type = type_of(subject)
    assert record_type
    return story.create(
        "tasks",
        at,
        owner,
        name=story.random.choice(story.world.tasks),
        due_at=due_at,
        priority=weighted(story.random, PRIORITIES),
        about_type=record_type.name,
        about_id=subject.pk,
    )


def _done_task(story: Story, subject: Any) -> None:
    since = (story.now - subject.created_at).days
    begun = max(story.at(story.random.uniform(0, since)), subject.created_at)
    task = _task(story, subject, subject.owner, begun, begun + timedelta(days=story.random.randint(1, 6)))
    finished = min(begun + timedelta(hours=story.random.randint(1, 80)), story.now)
    story.update(task, finished, subject.owner, status=TaskStatus.COMPLETED)


def tell_notes(story: Story, subjects: list[Any], count: int) -> None:
    for subject in story.random.choices(subjects, k=count):
        since = (story.now - subject.created_at).days
        at = max(story.at(story.random.uniform(0, since)), subject.created_at)
        story.note(subject, at, story.someone(), story.random.choice(story.world.notes))
