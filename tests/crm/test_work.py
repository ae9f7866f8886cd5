"""Tasks that repeat and remind, activities, timelines that roll up, the feed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tenants.crm.actions import next_due, send_reminders, set_reminders
from tenants.crm.enums import ActivityType, Priority, TaskStatus
from tenants.crm.feed import Asked, feed
from tenants.crm.models import Account, Activity, Contact, Deal, Reminder, Task
from tenants.crm.queries import family_of
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.kernel.errors import Invalid
from tenants.records.actions import delete_record, update_record
from tenants.records.filters import compile_filter
from tenants.records.models import Event, SavedView
from tenants.records.registry import type_named
from tenants.records.timeline import timeline_of
from tests.factories import Twin, make
from tests.records.counting import queries_in

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
INDIA = ZoneInfo("Asia/Kolkata")
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=INDIA)


def task(**values: Any) -> Task:
    made: Task = make("tasks", name="Report", **values)
    return made


def test_four_priorities_four_statuses_eighteen_types() -> None:
    assert Priority.values == ["low", "medium", "high", "urgent"]
    assert TaskStatus.values == ["pending", "in_progress", "completed", "cancelled"]
    assert len(ActivityType.values) == 18


def test_finishing_makes_the_next_of_the_series_once(company: Twin, by: Actor) -> None:
    with standing_at(NOON - timedelta(days=1)):
        first = task(due_at=MONDAY, repeats="FREQ=WEEKLY;BYDAY=MO;COUNT=2", tags=["weekly"], priority="high")
        set_reminders(task=first, whens=[30], by=by)
        update_record(record=first, values={"status": "completed"}, by=by)
        update_record(record=first, values={"status": "pending"}, by=by)
        update_record(record=first, values={"status": "completed"}, by=by)

    second = Task.objects.get(series=first.pk, status="pending")
    assert second.due_at == MONDAY + timedelta(days=7)
    assert (second.tags, second.priority, second.repeats) == (["weekly"], "high", first.repeats)
    assert [one.remind_at for one in second.reminders.all()] == [second.due_at - timedelta(minutes=30)]
    with standing_at(NOON):
        update_record(record=second, values={"status": "completed"}, by=by)
    assert Task.objects.filter(series=first.pk).count() == 2


def test_next_is_at_the_same_hour_of_the_companys_clock(company: Twin) -> None:
    from unittest.mock import patch

    berlin = ZoneInfo("Europe/Berlin")
    with patch("tenants.crm.actions.recurrence.company_zone", lambda: berlin):
        before_summer = datetime(2026, 3, 28, 9, tzinfo=berlin)
        found = next_due(Task(due_at=before_summer, series_at=before_summer, repeats="FREQ=DAILY"), now=before_summer)

    assert found == datetime(2026, 3, 29, 9, tzinfo=berlin)
    assert found - before_summer.astimezone(UTC) == timedelta(hours=23)


def test_late_task_comes_next_after_now(company: Twin) -> None:
    late = Task(due_at=MONDAY, series_at=MONDAY, repeats="FREQ=DAILY")

    assert next_due(late, now=MONDAY + timedelta(days=3, hours=1)) == MONDAY + timedelta(days=4)


@pytest.mark.parametrize(
    "rule",
    ["weekly", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;FOO=1",
     "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
     "DTSTART:20260101T000000\nRRULE:FREQ=DAILY",
     "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=x", ";;;", "FREQ=YEARLY;BYMONTH=13"],
)  # fmt: skip
def test_bad_rule_is_refused_at_its_field(company: Twin, rule: str) -> None:
    with pytest.raises(Invalid) as refusal:
        task(due_at=MONDAY, repeats=rule)
    assert list(refusal.value.errors) == ["repeats"]


def test_rule_needs_a_due_time(company: Twin) -> None:
    with pytest.raises(Invalid) as refusal:
        task(repeats="FREQ=DAILY")
    assert list(refusal.value.errors) == ["due_at"]


def test_rule_that_never_comes_again_ends(company: Twin) -> None:
    never = Task(due_at=MONDAY, series_at=MONDAY, repeats="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")

    assert next_due(never, now=MONDAY) is None


def test_reminders_are_sent_once_and_move_with_the_task(company: Twin, by: Actor) -> None:
    found = task(due_at=MONDAY)
    set_reminders(task=found, whens=[60, 1440, MONDAY - timedelta(days=3)], by=by)
    update_record(record=found, values={"due_at": MONDAY + timedelta(days=1)}, by=by)

    moments = [MONDAY - timedelta(days=3), MONDAY, MONDAY + timedelta(hours=23)]
    assert [one.remind_at for one in found.reminders.all()] == moments
    assert send_reminders(now=MONDAY) == 2
    assert send_reminders(now=MONDAY) == 0
    events = Event.objects.filter(name="task.reminder")
    assert [event.record_id for event in events] == [found.pk, found.pk]
    assert Reminder.objects.filter(sent_at=None).count() == 1


def test_finished_tasks_remind_nobody(company: Twin, by: Actor) -> None:
    found = task(due_at=MONDAY)
    set_reminders(task=found, whens=[0], by=by)
    update_record(record=found, values={"status": "cancelled"}, by=by)

    assert send_reminders(now=MONDAY) == 1
    assert not Event.objects.filter(name="task.reminder").exists()


@pytest.mark.parametrize(
    "body",
    [{"reminders": [{}]}, {"reminders": [{"minutes_before": 5, "at": "2026-01-01T00:00:00Z"}]},
     {"reminders": [{"minutes_before": -1}]},
     {"reminders": [{"minutes_before": 1}] * 11}, {"reminders": "x"}, {"reminders": [{"at": "2026-01-01T00:00:00"}]}],
)  # fmt: skip
def test_api_refuses_bad_reminders(twins: tuple[Twin, Twin], body: Any) -> None:
    with context.inside(twins[0].place):
        found = task(due_at=MONDAY)

    answer = twins[0].with_key().put(f"/api/v1/tasks/{found.pk}/reminders", body, content_type="application/json")

    assert answer.status_code == 422


def test_api_sets_reminders(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        found = task(due_at=MONDAY)
    body = {"reminders": [{"minutes_before": 60}, {"at": "2026-03-01T00:00:00Z"}]}

    answer = twins[0].with_key().put(f"/api/v1/tasks/{found.pk}/reminders", body, content_type="application/json")

    assert [(one["minutes_before"], one["sent_at"]) for one in answer.json()["items"]] == [(None, None), (60, None)]


def test_subject_is_named_and_must_be_there(company: Twin, by: Actor) -> None:
    found = task(about_type="contacts", about_id=company.contact_id)
    assert found.about_name == f"{company.sentinel} Nair"
    for about in (
        {"about_type": "contacts", "about_id": company.deal_id},
        {"about_type": "odd", "about_id": company.deal_id},
    ):
        with pytest.raises(Invalid) as refusal:
            task(**about)
        assert list(refusal.value.errors) == ["about_id"]


def test_eight_views_and_six_smart_lists_compile(company: Twin, by: Actor) -> None:
    views = list(SavedView.objects.filter(record_type="tasks", audience="public"))

    assert [view.name for view in views] == [
        "Open", "Calendar", "By status", "Timeline", "My day", "Overdue", "Upcoming", "Completed",
        "High priority", "No due date", "Assigned to me", "Assigned by me", "Per customer", "Per deal",
    ]  # fmt: skip
    for view in SavedView.objects.all():
        record_type = type_named(view.record_type)
        compile_filter(view.filter, record_type, by)
        assert set(view.columns) <= set(record_type.fields)
        assert not view.sort or view.sort.removeprefix("-") in record_type.fields


def test_overdue_view_finds_what_is_late(company: Twin, by: Actor) -> None:
    late, ahead = task(due_at=NOON - timedelta(hours=1)), task(due_at=NOON + timedelta(hours=1))
    task(due_at=NOON - timedelta(hours=1), status="completed")
    with standing_at(NOON):
        found = {
            name: list(
                Task.objects.filter(compile_filter(SavedView.objects.get(name=name).filter, type_named("tasks"), by))
            )
            for name in ("Overdue", "Upcoming")
        }

    assert found == {"Overdue": [late], "Upcoming": [ahead]}


def test_account_tells_of_its_people_and_deals(company: Twin, by: Actor) -> None:
    account = Account.objects.get(pk=company.account_id)
    make("activities", subject="Lunch", type="meeting", about_type="contacts", about_id=company.contact_id)
    make("tasks", name="Send offer", about_type="deals", about_id=company.deal_id)
    make("activities", subject="Elsewhere", type="meeting")
    update_record(record=Deal.objects.get(pk=company.deal_id), values={"amount": "5"}, by=by)

    told = [(entry.kind, entry.text) for entry in timeline_of(account)]

    assert set(family_of(account)) == {company.contact_id, company.deal_id}
    assert ("activities", f"meeting · {company.sentinel} Nair") in told
    assert ("tasks", f"task · {company.sentinel} rooftop") in told
    assert ("change", f"changed · {company.sentinel} rooftop") in told
    assert not [text for _kind, text in told if "Elsewhere" in text]


def test_family_is_what_the_reader_may_see(company: Twin) -> None:
    support = add_user(email="help@works.example", name="Help", role="support")
    support.role.grants = {"accounts": ["view"], "contacts": ["view"]}
    with context.acting(support.actor):
        assert set(family_of(Account.objects.get(pk=company.account_id))) == {company.contact_id}


def test_timeline_costs_the_same_for_few_and_many(company: Twin) -> None:
    account = Account.objects.get(pk=company.account_id)
    timeline_of(account)  # what the process keeps is there from here on
    one = queries_in(lambda: timeline_of(account))
    for number in range(3):
        contact = make("contacts", first_name=f"P{number}", account=account.pk)
        make("activities", subject="Call", about_type="contacts", about_id=contact.pk)

    assert queries_in(lambda: timeline_of(account)) == one


def test_feed_pages_by_key_and_hides_what_may_not_be_seen(company: Twin, by: Actor) -> None:
    deal = make("deals", name="Newest")
    gone = make("contacts", first_name="Gone")
    delete_record(record=gone, by=by)

    first = feed(by, Asked(), limit=2)
    rest = feed(by, Asked(after=first.next), limit=200)
    ids = [line.change.pk for line in (*first.lines, *rest.lines)]

    assert len(ids) == len(set(ids))
    assert deal.pk in {line.record.pk for line in rest.lines}
    assert gone.pk not in {line.record.pk for line in (*first.lines, *rest.lines)}
    assert {line.change.record_type for line in feed(by, Asked(type_name="deals")).lines} == {"deals"}
    with pytest.raises(Invalid):
        feed(by, Asked(after="x"))


def test_feed_costs_the_same_for_few_and_many(company: Twin, by: Actor) -> None:
    feed(by, Asked())  # what the process keeps is there from here on
    one = queries_in(lambda: feed(by, Asked()))
    for number in range(4):
        make("contacts", first_name=f"P{number}")

    assert queries_in(lambda: feed(by, Asked())) == one


@pytest.mark.parametrize("query", ["", "?type=deals&action=created", "?user=01890a5d-ac96-774b-bcce-b302099a8057"])
def test_feed_page(owner: Client, query: str) -> None:
    assert owner.get(f"/feed/{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "status"), [("?type=odd", 422), ("?after=x", 422), ("?user=x", 404), ("?action=x", 422)]
)
def test_feed_page_refuses(owner: Client, query: str, status: int) -> None:
    assert owner.get(f"/feed/{query}").status_code == status


def test_feed_api(twins: tuple[Twin, Twin]) -> None:
    client = twins[0].with_key()

    found = client.get("/api/v1/feed?limit=1").json()
    following = client.get("/api/v1/feed", {"limit": 200, "cursor": found["next"]}).json()

    assert len(found["items"]) == 1
    assert found["items"][0]["id"] not in [line["id"] for line in following["items"]]
    assert client.get("/api/v1/feed?cursor=x").status_code == 422


def test_reminder_dialog(twins: tuple[Twin, Twin], owner: Client) -> None:
    with context.inside(twins[0].place):
        found = task(due_at=MONDAY)
    path = f"/tasks/{found.pk}/reminders/"
    assert owner.get(path).status_code == 200

    assert owner.post(path, {"before": ["30", "1440"], "at": "2026-03-01T10:00"}).status_code == 302

    with context.inside(twins[0].place):
        assert sorted(one.minutes_before or 0 for one in Reminder.objects.filter(task=found)) == [0, 30, 1440]


def test_activity_is_listed_and_opened(twins: tuple[Twin, Twin], owner: Client) -> None:
    with context.inside(twins[0].place):
        made = make("activities", subject="Lunch", type="meeting", about_type="contacts", about_id=twins[0].contact_id)
        assert Activity.objects.get().about_name == f"{twins[0].sentinel} Nair"
        assert Contact.objects.filter(pk=twins[0].contact_id).exists()
    assert owner.get("/activities/").status_code == 200
    assert owner.get(f"/activities/{made.pk}/").status_code == 200
