"""What the house tells by itself, on events that really happened."""

from typing import Any

import pytest

from tenants.identity.models import Role, User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.notifications import receivers
from tenants.notifications.models import Notification
from tenants.records.actions import update_record
from tenants.records.events import emit
from tenants.records.follows.actions import follow
from tenants.records.jobs.actions import start_job
from tenants.records.jobs.tasks import run_job
from tenants.records.models import Event
from tenants.records.notes.actions import add_note
from tenants.records.registry import type_named
from tests.factories import Twin, make


def hear(receiver: Any, name: str) -> None:
    """Hand the newest event of a name over, twice: consumers may meet one again."""
    event = Event.objects.filter(name=name).order_by("-happened_at", "-id")[0]
    many = receiver is receivers.tell_owners
    for _ in range(2):
        receiver([event] if many else event)


def told(user: User) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(user=user).order_by("id").values_list("kind", "title"))


def note_for(user: User) -> str:
    return f'<p>Look <span data-mention="{user.pk}">@{user.name}</span></p>'


@pytest.fixture
def deal(company: Twin) -> Any:
    return type_named("deals").model._default_manager.get(pk=company.deal_id)


def test_who_is_mentioned_hears_of_it_once(company: Twin, deal: Any, rep: User, mate: User) -> None:
    with context.acting(mate.actor):
        add_note(record=deal, body=note_for(rep), by=mate.actor)
    hear(receivers.tell_mentioned, "note.mentioned")
    hear(receivers.tell_followers, "note.created")

    assert told(rep) == [("mention", f"Manager Person mentions you at {deal}")]
    assert told(mate) == []
    row = Notification.objects.get(user=rep)
    assert (row.url, row.record_id) == (f"/deals/{deal.pk}/", deal.pk)


def test_followers_hear_of_notes_they_may_read(company: Twin, deal: Any, rep: User, mate: User) -> None:
    follow(record=deal, by=rep.actor)
    with context.acting(mate.actor):
        add_note(record=deal, body="<p>For all</p>", by=mate.actor)
        hear(receivers.tell_followers, "note.created")
        add_note(record=deal, body="<p>Mine alone</p>", by=mate.actor, visibility="private")
        hear(receivers.tell_followers, "note.created")

    assert [(row.kind, row.text) for row in Notification.objects.filter(user=rep)] == [("note_added", "For all")]


def test_a_record_given_by_somebody_else_is_told(company: Twin, rep: User, mate: User) -> None:
    lead = make("leads", first_name="Asha")
    with context.acting(mate.actor):
        update_record(record=lead, values={"owner": rep.pk}, by=mate.actor)
    hear(receivers.tell_owners, "lead.updated")
    with context.acting(rep.actor):
        mine = type_named("leads").model._default_manager.get(pk=lead.pk)
        update_record(record=mine, values={"company_name": "Nimbus"}, by=rep.actor)
    hear(receivers.tell_owners, "lead.updated")

    assert told(rep) == [("record_assigned", "Asha is yours now")]


def test_many_at_once_are_one_line(company: Twin, rep: User, mate: User) -> None:
    with context.acting(mate.actor):
        for number in range(receivers.MOST_SINGLE + 1):
            lead = make("leads", first_name=f"Lead {number}")
            update_record(record=lead, values={"owner": rep.pk}, by=mate.actor)
    events = list(Event.objects.filter(name="lead.updated"))
    receivers.tell_owners(events)
    receivers.tell_owners(events)

    assert told(rep) == [("record_assigned", f"{receivers.MOST_SINGLE + 1} records are yours now: Leads")]


def test_what_one_may_not_see_one_is_not_told(company: Twin, deal: Any, rep: User, mate: User) -> None:
    with context.acting(mate.actor):
        add_note(record=deal, body=note_for(rep), by=mate.actor)
    Role.objects.filter(slug="sales-rep").update(reaches={"*": {"view": "own"}})
    from tenants.identity.permits import forget_permits

    forget_permits()
    hear(receivers.tell_mentioned, "note.mentioned")

    assert told(rep) == []


def test_a_job_of_the_queue_tells_who_started_it(company: Twin, rep: User, settings: Any) -> None:
    job = start_job(kind="duplicates", label="Looking for twins", record_type="contacts", by=rep.actor)
    run_job(job_id=str(job.pk), company_id=str(company.company.pk))
    run_job(job_id=str(job.pk), company_id=str(company.company.pk))
    hear(receivers.tell_of_job, "job.finished")

    assert Event.objects.filter(name="job.finished").count() == 1
    assert told(rep) == [("job_finished", "Done: Looking for twins")]


def test_events_without_a_record_or_an_owner_are_let_by(company: Twin, deal: Any, by: Actor) -> None:
    emit("note.created", deal, note_id="00000000-0000-0000-0000-000000000000")
    event = Event.objects.get(name="note.created")
    receivers.tell_followers(event)
    receivers.tell_owners(
        [event, Event(name="x.updated", record_type="deals", payload={"changes": {"owner": [None, {}]}})]
    )

    assert not Notification.objects.exists()
