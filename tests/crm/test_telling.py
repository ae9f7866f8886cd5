"""What the CRM tells people: reminders, overdue tasks, hot leads, deals that stand still or are at risk."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm import telling
from tenants.crm.actions import send_reminders, set_reminders
from tenants.crm.models import Account, Deal, Reminder, Stage, Task
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.notifications.models import Notification
from tenants.records.actions import update_record
from tenants.records.models import Event
from tests.factories import Twin, make
from tests.identity.conftest import a_user
from tests.records.counting import queries_in


@pytest.fixture
def rep(company: Twin) -> User:
    return a_user(company, "sales-rep")


def told(user: User) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(user=user).order_by("id").values_list("kind", "title"))


def newest(name: str) -> Event:
    return Event.objects.filter(name=name).order_by("-happened_at", "-id")[0]


def a_task(owner: User, **more: Any) -> Task:
    task: Task = make("tasks", **{"name": "Call Asha", "owner": owner.pk, **more})
    return task


@pytest.mark.parametrize(("category", "kind"), [("to_do", "task_due"), ("follow_up", "follow_up")])
def test_a_reminder_is_told_to_its_owner(company: Twin, rep: User, by: Actor, category: str, kind: str) -> None:
    task = a_task(rep, category=category, due_at=timezone.now() + timedelta(days=2))
    set_reminders(task=task, whens=[10], by=by)
    Reminder.objects.update(remind_at=timezone.now())
    send_reminders()
    event = newest("task.reminder")
    telling.tell_reminder(event)
    telling.tell_reminder(event)

    [(found, title)] = told(rep)
    assert (found, "Call Asha, due " in title) == (kind, True)
    action = Notification.objects.get().actions[0]
    assert (action["method"], action["url"]) == ("post", f"/tasks/{task.pk}/done/")
    client = company.signed_in(rep.email)
    assert client.post(action["url"]).status_code == 302
    task.refresh_from_db()
    assert task.status == "completed"


def test_a_reminder_of_a_finished_task_is_not_told(company: Twin, rep: User, by: Actor) -> None:
    task = a_task(rep, due_at=timezone.now() + timedelta(days=2))
    set_reminders(task=task, whens=[10], by=by)
    Reminder.objects.update(remind_at=timezone.now())
    send_reminders()
    update_record(record=task, values={"status": "completed"}, by=by)
    telling.tell_reminder(newest("task.reminder"))

    assert told(rep) == []


def test_overdue_is_told_once_for_each_due_time(company: Twin, rep: User, by: Actor) -> None:
    task = a_task(rep, due_at=timezone.now() - timedelta(hours=1))
    a_task(rep, name="Long ago", due_at=timezone.now() - timedelta(days=9))
    a_task(rep, name="Later", due_at=timezone.now() + timedelta(days=1))
    first, again = telling.tell_overdue(), telling.tell_overdue()
    task.refresh_from_db()
    update_record(record=task, values={"due_at": timezone.now() - timedelta(minutes=5)}, by=by)

    assert (first, again, telling.tell_overdue()) == (1, 0, 1)
    assert [kind for kind, _title in told(rep)] == ["task_overdue", "task_overdue"]
    assert queries_in(telling.tell_overdue) == 3


def test_a_hot_lead_is_told_when_it_becomes_hot_or_yours(company: Twin, rep: User) -> None:
    boss = company.owner()
    with context.acting(boss.actor):
        lead = make("leads", first_name="Asha", temperature="cold", owner=rep.pk)
        telling.tell_hot_lead(newest("lead.created"))
        assert told(rep) == []
        update_record(record=lead, values={"temperature": "hot"}, by=boss.actor)
    event = newest("lead.updated")
    telling.tell_hot_lead(event)
    telling.tell_hot_lead(event)

    assert told(rep) == [("hot_lead", "Hot lead: Asha")]


def test_who_makes_their_own_lead_hot_is_not_told(company: Twin, rep: User) -> None:
    with context.acting(rep.actor):
        lead = make("leads", first_name="Asha", temperature="cold", owner=rep.pk)
        update_record(record=lead, values={"temperature": "hot"}, by=rep.actor)
    telling.tell_hot_lead(newest("lead.updated"))

    assert told(rep) == []


def test_a_deal_that_stands_still_is_told_once_until_it_is_touched(company: Twin, rep: User) -> None:
    deal = make("deals", name="Rooftop", owner=rep.pk)
    Stage.objects.filter(pk=deal.stage_id).update(rot_days=3)
    assert telling.tell_stagnant() == 0
    Deal.objects.filter(pk=deal.pk).update(touched_at=timezone.now() - timedelta(days=4))
    first, again = telling.tell_stagnant(), telling.tell_stagnant()
    Deal.objects.filter(pk=deal.pk).update(touched_at=timezone.now() - timedelta(days=5))

    assert (first, again, telling.tell_stagnant()) == (1, 0, 1)
    assert told(rep)[0] == ("deal_stagnant", "Rooftop stands still")


def test_a_deal_of_a_customer_about_to_leave_is_told_once_a_month(company: Twin, rep: User) -> None:
    make("deals", name="Rooftop", owner=rep.pk, account=company.account_id)
    assert telling.tell_at_risk() == 0
    Account.objects.filter(pk=company.account_id).update(churn_risk="high")
    now = timezone.now()

    assert (telling.tell_at_risk(now=now), telling.tell_at_risk(now=now)) == (1, 0)
    assert telling.tell_at_risk(now=now + timedelta(days=32)) == 1
    assert told(rep)[0] == ("deal_at_risk", "Rooftop is at risk")


def test_the_house_is_no_reason_to_keep_silent(company: Twin, rep: User) -> None:
    with context.acting(robot()):
        make("leads", first_name="Asha", temperature="hot", owner=rep.pk)
    telling.tell_hot_lead(newest("lead.created"))

    assert len(told(rep)) == 1
