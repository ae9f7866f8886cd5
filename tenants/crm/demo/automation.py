"""What happens by itself in a demo company, and what its people were told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tenants.automation import playing
from tenants.automation.engine import waking
from tenants.automation.models import Enrolment
from tenants.crm import telling
from tenants.crm.demo.story import Story
from tenants.crm.enums import OPEN_TASKS, LeadStatus, Source, TaskStatus, Temperature
from tenants.crm.models import Deal, Lead, Task
from tenants.identity.models import User
from tenants.kernel.clock import standing_at
from tenants.notifications import receivers
from tenants.notifications.actions import mark_read
from tenants.notifications.queries import mine
from tenants.records.models import Event

SINCE_DAYS, SETTLED_DAYS, SILENT_DAYS = 40, 6, (14, 2)
"""Published so many days ago; nobody who came later than that is inside, so that nothing is left to be sent."""
MOST_LEADS, MOST_NOTES = 14, 4
DONE_AFTER = timedelta(hours=3)
WORKING_HOURS = {"days": [1, 2, 3, 4, 5], "from": "09:00", "until": "18:00", "zone": "company"}


def tell_automation(story: Story) -> None:
    """Three workflows at work, by the engine, and one that is still a draft."""
    boss = owner_of(story)
    by = boss.actor
    new_lead, hot_lead = (playing.make(name, at=_ago(story, SINCE_DAYS), by=by) for name in ("new_lead", "hot_lead"))
    silent = playing.make("silent_deals", at=_ago(story, SILENT_DAYS[0]), by=by)
    playing.make("nurture_lead", at=_ago(story, SILENT_DAYS[1]), by=by)
    for workflow in (new_lead, hot_lead):
        playing.publish(workflow, at=_ago(story, SINCE_DAYS), by=by)
    _let_leads_in(story)
    playing.publish(silent, at=_ago(story, SILENT_DAYS[0]), by=by)
    with standing_at(_ago(story, SILENT_DAYS[1])):
        waking.strike()
    playing.play(until=story.now)
    _finish_tasks(story)
    playing.publish_anew(new_lead, by=by, window=WORKING_HOURS)
    playing.publish_anew(hot_lead, by=by, most_per_day=50)


def owner_of(story: Story) -> User:
    return next(one for one in story.staff if one.role and one.role.slug == "owner")


def _ago(story: Story, days: float) -> datetime:
    return story.now - timedelta(days=days)


def _let_leads_in(story: Story) -> None:
    """The leads that came meanwhile, each when it came: from the website, or with a high score."""
    rows = Lead.objects.filter(
        created_at__gte=_ago(story, SINCE_DAYS), created_at__lte=_ago(story, SETTLED_DAYS)
    ).exclude(status=LeadStatus.CONVERTED)  # fmt: skip
    # What changes hands while it is hot is told by mail: here that would be told of the past.
    rows = rows.exclude(source=Source.WEBSITE, temperature=Temperature.HOT).order_by("created_at", "name")
    wanted = [lead for lead in rows if lead.source == Source.WEBSITE or lead.score >= 80][:MOST_LEADS]
    events = {
        one.record_id: one
        for one in Event.objects.filter(name="lead.created", record_id__in=[lead.pk for lead in wanted])
    }
    for lead in wanted:
        playing.play(until=lead.created_at)
        playing.happen(events[lead.pk], at=lead.created_at)
    playing.play(until=story.now)


def _finish_tasks(story: Story) -> None:
    """Who got a task from a workflow did it in time, but for what is still ahead."""
    made = Enrolment.objects.values_list("step_runs__output__id", flat=True).filter(step_runs__action="create_task")
    rows = Task.objects.filter(pk__in=list(made), status__in=OPEN_TASKS, due_at__lte=story.now, owner__isnull=False)
    for task in rows.select_related("owner__role").order_by("due_at", "name"):
        assert task.owner
        at = min(story.now, max(task.created_at, task.created_at + DONE_AFTER))
        story.update(task, at, task.owner, status=TaskStatus.COMPLETED)


# What people were told


def tell_news(story: Story) -> None:
    """Of the last week, in the order of time; the owner has read what is older than two days."""
    boss = owner_of(story)
    with standing_at(_ago(story, 4)):
        telling.tell_stagnant()
    for number, deal in enumerate(_deals_of(boss)):
        _written_about(story, deal, _ago(story, MOST_NOTES - number))
    with standing_at(_ago(story, 0.1)):
        rows = mine(boss.actor).filter(created_at__lt=_ago(story, 2))
        mark_read(rows=rows, by=boss.actor)


def _deals_of(boss: User) -> Iterable[Deal]:
    return Deal.objects.filter(owner=boss, status="open").order_by("created_at", "name")[:MOST_NOTES]


def _written_about(story: Story, deal: Deal, at: datetime) -> None:
    """A colleague writes about a deal of the owner's, who is told at that moment and not once more when events go out."""
    colleague = story.random.choice([one for one in story.staff if one.pk != deal.owner_id])
    story.note(deal, at, colleague, story.random.choice(story.world.notes))
    event: Any = Event.objects.filter(name="note.created", record_id=deal.pk).order_by("-happened_at", "-id")[0]
    with standing_at(at), timezone.override(story.zone):
        receivers.tell_followers(event)
