"""Each recipe as a story, from what sets it off to its last step, with a real mail server, a real chat and a real
browser's push. Days pass by the clock of the story; `test_recipes_at_work` does it with a worker of its own.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tenants.automation import actions
from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.automation.recipes import recipe_named, recipes
from tenants.crm.actions import Plan, convert_lead
from tenants.crm.models import Account, Activity, Contact, Deal, Lead, Stage, Task
from tenants.identity.models import User
from tenants.identity.queries import active_users
from tenants.identity.teams import create_team
from tenants.invoicing.actions import draft_invoice_from_deal, issue_invoice, record_payment
from tenants.invoicing.models import Invoice
from tenants.invoicing.profile import update_profile
from tenants.kernel.actors import Actor
from tenants.kernel.clock import standing_at
from tenants.notifications import chats
from tenants.notifications.models import Delivery, Notification
from tenants.records.actions import update_record
from tenants.records.models import Change
from tests.automation.conftest import only_run, runs, settle, steps_of
from tests.factories import Twin, make
from tests.identity.conftest import a_user
from tests.invoicing.conftest import SELLER
from tests.notifications.conftest import Letters, deliver, letters, receiver
from tests.notifications.receiver import Receiver
from tests.notifications.test_push import Browser

__all__ = ["letters", "receiver"]

HERE = ZoneInfo("Asia/Kolkata")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=HERE)
STORIES = {
    "new_lead", "nurture_lead", "hot_lead", "deal_won", "assign_leads", "invoice_won", "silent_deals",
    "overdue_invoice",
}  # fmt: skip


class Clock:
    """What time it is in the story. When it has moved on, workers do all that is due."""

    def __init__(self) -> None:
        self.now, self._standing = MONDAY, ExitStack()
        self._stand()

    def _stand(self) -> None:
        self._standing.close()
        self._standing.enter_context(standing_at(self.now))
        self._standing.enter_context(timezone.override(HERE))

    def goes_on(self, **by: float) -> None:
        self.now += timedelta(**by)
        self._stand()
        settle()
        deliver()
        settle()

    def ends(self) -> None:
        self._standing.close()


@pytest.fixture
def clock(room: Twin) -> Iterator[Clock]:
    found = Clock()
    yield found
    found.ends()


@pytest.fixture
def boss(room: Twin) -> Actor:
    return room.owner().actor


@pytest.fixture
def rep(room: Twin) -> User:
    return a_user(room, "sales-rep")


@pytest.fixture
def offered(clock: Clock, boss: Actor, rep: User) -> Callable[[str], Workflow]:
    """What the page does with a recipe: a workflow of it, published as it is offered."""

    def begin(name: str) -> Workflow:
        recipe = recipe_named(name)
        made = actions.create_workflow(name=str(recipe.label), definition=recipe.definition(), by=boss)
        assert actions.publish(workflow=made, by=boss).number == 1
        return made

    return begin


def sent(letters: Letters) -> list[tuple[str, str]]:
    """To whom mails came, and with which subject, in order."""
    return [(one.rcpt_tos[0], message_from_bytes(one.content)["Subject"]) for one in letters.taken]


def text_of(letters: Letters, number: int = -1) -> str:
    parts: Any = message_from_bytes(letters.taken[number].content).get_payload(0)
    return str(parts.get_payload(decode=True).decode()).replace("\r\n", "\n")


def task_named(name: str) -> Task:
    return Task.objects.get(name=name)


def told(user: User) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(user=user, is_shown=True).order_by("created_at", "id")
    return list(rows.values_list("kind", "title"))


def all_done(run: Enrolment) -> bool:
    """It went through, and each of its steps did what it should."""
    run.refresh_from_db()
    return run.state == "done" and {state for _key, state in steps_of(run)} == {"done"}


def win(deal: Any, by: Actor) -> Deal:
    return update_record(record=deal, values={"stage": Stage.objects.get(kind="won").pk}, by=by)  # type: ignore[no-any-return]


def test_each_recipe_has_its_story_here(room: Twin) -> None:
    assert set(recipes()) == STORIES


# A: a lead from the website


def from_the_website(first_name: str, **more: Any) -> Any:
    values = {"email": f"{first_name.lower()}@x.example", "source": "website", "owner": None} | more
    return make("leads", first_name=first_name, **values)


def test_a_lead_from_the_website_is_shared_out_welcomed_and_nurtured(
    offered: Callable[[str], Workflow], clock: Clock, letters: Letters, by: Actor
) -> None:
    nurture, workflow = offered("nurture_lead"), offered("new_lead")

    lea, leo = from_the_website("Lea"), from_the_website("Leo")
    other = from_the_website("Other", source="referral")
    clock.goes_on()

    lea, leo, other = (Lead.objects.get(pk=one.pk) for one in (lea, leo, other))
    assert (lea.tags, leo.tags, other.tags) == (["Website Lead"], ["Website Lead"], [])
    assert {lea.owner_id, leo.owner_id} == set(active_users().values_list("pk", flat=True))
    assert told(lea.owner) == [
        ("record_assigned", one) for one in ("Lea is yours now", "Call Lea within 24h is yours now")
    ]
    assert sent(letters) == [("lea@x.example", "Welcome, Lea"), ("leo@x.example", "Welcome, Leo")]
    assert "Hello Leo,\n\nthank you for your interest. We will be in touch within a day." in text_of(letters)
    call = task_named("Call Lea within 24h")
    assert (call.due_at, call.priority, call.category) == (MONDAY + timedelta(hours=24), "high", "call")
    assert (call.owner_id, call.about_type, call.about_id) == (lea.owner_id, "leads", lea.pk)
    assert [all_done(run) for run in runs(workflow)] == [True, True]
    assert [step for step, _state in steps_of(runs(workflow)[0])] == ["tag", "assign", "welcome", "call", "enrol"]
    assert {run.record_id: run.state for run in runs(nurture)} == {lea.pk: "waiting", leo.pk: "waiting"}

    letters.taken.clear()
    clock.goes_on(days=2, hours=23)
    assert sent(letters) == []
    clock.goes_on(hours=1)  # Thursday, three working days later
    assert sent(letters) == [(one, "Something that may help you") for one in ("lea@x.example", "leo@x.example")]
    convert_lead(lead=leo, plan=Plan(ignores_duplicates=True), by=by)
    letters.taken.clear()
    clock.goes_on(days=4)
    clock.goes_on(days=7)

    assert sent(letters) == [("lea@x.example", "What others ask us first"), ("lea@x.example", "Shall we talk?")]
    assert task_named("Is Lea still interested?").due_at == clock.now + timedelta(days=2)
    assert not Task.objects.filter(name="Is Leo still interested?").exists()
    assert {run.record_id: run.state for run in runs(nurture)} == {lea.pk: "done", leo.pk: "stopped"}
    assert all_done(Enrolment.objects.get(workflow=nurture, record_id=lea.pk))


def test_without_a_workflow_that_nurtures_the_first_mail_is_in_the_recipe_itself(
    offered: Callable[[str], Workflow], clock: Clock, letters: Letters
) -> None:
    workflow = offered("new_lead")

    from_the_website("Lea")
    clock.goes_on()
    clock.goes_on(days=3)

    assert sent(letters)[1:] == [("lea@x.example", "Something that may help you")]
    assert "here is how others in your place have gone about it" in text_of(letters)
    assert all_done(only_run(workflow))


def test_who_has_no_address_gets_no_mail_and_everything_else(
    offered: Callable[[str], Workflow], clock: Clock, letters: Letters
) -> None:
    workflow = offered("new_lead")

    from_the_website("Lea", email="")
    clock.goes_on()
    clock.goes_on(days=3)

    assert sent(letters) == []
    assert dict(steps_of(only_run(workflow)))["welcome"] == "failed"
    assert task_named("Call Lea within 24h").owner_id
    assert only_run(workflow).state == "done"


# B: the score reaches 80


def known_lead(owner: User) -> Any:
    """Website 15, mail 10, phone 10, company 5: a score of 40."""
    return from_the_website("Hana", phone="+919820011843", company_name="Hana Traders", owner=owner)


def opened(browser: Browser, receiver: Receiver) -> list[str]:
    """What the owner's browser was pushed."""
    return [browser.opened(body)["title"] for path, _headers, body in receiver.got if path == "/push/1"]


READY = dict.fromkeys(("has_need", "has_budget", "has_authority", "has_timeline"), True)


def test_a_lead_whose_score_reaches_80_is_hot_and_its_owner_is_called_to_it(
    offered: Callable[[str], Workflow], clock: Clock, boss: Actor, rep: User, letters: Letters, receiver: Receiver
) -> None:
    chats.connect(name="#sales", service="slack", url=f"{receiver.url}/slack", is_for_people=False, by=boss)
    chats.connect(name="#all", service="slack", url=f"{receiver.url}/all", is_for_people=False, by=boss)
    browser = Browser()
    browser.subscribe(rep, f"{receiver.url}/push/1")
    workflow = offered("hot_lead")
    lead = known_lead(rep)
    clock.goes_on()
    assert (lead.score, lead.temperature, runs(workflow), sent(letters)) == (40, "warm", [], [])
    assert opened(browser, receiver) == ["Hana is yours now"]
    receiver.got.clear()

    update_record(record=lead, values=READY, by=boss)
    clock.goes_on()

    lead.refresh_from_db()
    assert (lead.score, lead.temperature) == (80, "hot")
    assert sorted(told(rep)[1:]) == [
        ("hot_lead", "Hot lead: Hana"), ("record_assigned", "Call Hana now is yours now"),
        ("workflow_message", "Call now: Hana"),
    ]  # fmt: skip
    assert Notification.objects.get(kind="workflow_message").priority == "urgent"
    assert sent(letters) == [(rep.email, "Hot lead: Hana")]
    assert sorted(opened(browser, receiver)) == ["Call Hana now is yours now", "Hot lead: Hana"]
    posted = [json.loads(body) for path, _headers, body in receiver.got if path == "/slack"]
    assert [one["blocks"][0]["text"]["text"] for one in posted] == [
        f"*Hot lead: Hana*\nHana Traders, score 80. Owner: {rep.name}."
    ]
    assert {path for path, _headers, _body in receiver.got} == {"/slack", "/push/1"}
    assert set(Delivery.objects.values_list("channel", "status")) == {
        ("chat", "sent"), ("push", "sent"), ("email", "sent"),
    }  # fmt: skip
    task = task_named("Call Hana now")
    assert (task.priority, task.due_at, task.owner_id) == ("urgent", clock.now + timedelta(hours=1), rep.pk)
    assert all_done(only_run(workflow))


def test_a_lead_that_comes_with_a_score_of_80_is_called_at_once(
    offered: Callable[[str], Workflow], clock: Clock, rep: User
) -> None:
    workflow = offered("hot_lead")

    lead = from_the_website("Hana", phone="+919820011843", company_name="Hana Traders", owner=rep, **READY)
    from_the_website("Cold", owner=rep)
    clock.goes_on()

    assert only_run(workflow).record_id == lead.pk
    assert task_named("Call Hana now").owner_id == rep.pk


def test_without_slack_its_step_is_paused_and_the_rest_is_done(
    offered: Callable[[str], Workflow], clock: Clock, boss: Actor, rep: User
) -> None:
    workflow = offered("hot_lead")

    update_record(record=known_lead(rep), values=READY, by=boss)
    clock.goes_on()

    assert steps_of(only_run(workflow)) == [
        ("hot", "done"), ("tell", "done"), ("slack", "skipped"), ("task", "done"),
    ]  # fmt: skip
    assert StepRun.objects.get(key="slack").output == {"because": "The step is paused."}


# C: a deal is won


def test_a_deal_that_is_won_is_thanked_for_taken_over_invoiced_and_built_on(
    offered: Callable[[str], Workflow], clock: Clock, boss: Actor, room: Twin, rep: User, letters: Letters
) -> None:
    update_profile(values=SELLER, by=boss)
    mate = a_user(room, "manager")
    create_team(name="Customer Success", members=[mate.pk], by=boss)
    workflow = offered("deal_won")
    deal = update_record(record=Deal.objects.get(pk=room.deal_id), values={"owner": rep}, by=boss)

    win(deal, rep.actor)
    clock.goes_on()

    assert sent(letters) == [("priya@customer.example", "Thank you")]
    assert f"Hello {room.sentinel},\n\nthank you for your trust. We begin at once." in text_of(letters)
    kickoff, access = task_named(f"Kick-off with {room.sentinel} Traders"), task_named("Set up access")
    assert (kickoff.due_at, access.due_at) == (MONDAY + timedelta(days=2), MONDAY + timedelta(days=5))
    assert {(one.owner_id, one.about_id) for one in (kickoff, access)} == {(rep.pk, deal.pk)}
    assert told(mate) == [("workflow_message", f"A new customer: {room.sentinel} Traders")]
    assert Account.objects.get(pk=room.account_id).lifecycle == "customer"
    assert Contact.objects.get(pk=room.contact_id).lifecycle == "customer"
    invoice = Invoice.objects.get(deal=deal)
    assert (invoice.status, invoice.subtotal, invoice.owner_id) == ("draft", deal.amount, rep.pk)
    run = only_run(workflow)
    assert (run.state, run.wake_at) == ("waiting", MONDAY + timedelta(days=90))

    clock.goes_on(days=89, hours=23)
    assert (len(letters.taken), Task.objects.count()) == (1, 2)
    clock.goes_on(hours=1)
    assert sent(letters)[1:] == [("priya@customer.example", "What comes next?")]
    clock.goes_on(days=5)

    talk = task_named(f"Talk to {room.sentinel} Nair about what comes next")
    assert (talk.due_at, talk.owner_id) == (clock.now + timedelta(days=3), rep.pk)
    assert all_done(only_run(workflow))


def test_a_deal_of_nobody_known_is_taken_over_all_the_same(
    offered: Callable[[str], Workflow], clock: Clock, boss: Actor, rep: User
) -> None:
    workflow = offered("deal_won")
    deal = make("deals", name="Alone", amount="100", owner=rep)

    win(deal, boss)
    clock.goes_on()

    assert dict(steps_of(only_run(workflow)))["thanks"] == "failed"
    assert task_named("Kick-off with the customer").owner_id == rep.pk
    assert ("workflow_message", "A new customer: see the deal") in told(rep)
    assert only_run(workflow).state == "waiting"
    update_record(record=deal, values={"status": "open"}, by=boss)
    win(Deal.objects.get(pk=deal.pk), boss)
    clock.goes_on()
    assert len(runs(workflow)) == 1


# The four smaller ones


def test_leads_that_nobody_has_go_to_everybody_in_turn(
    offered: Callable[[str], Workflow], clock: Clock, room: Twin, rep: User
) -> None:
    mate = a_user(room, "manager")
    workflow = offered("assign_leads")

    mine = make("leads", first_name="Mine", owner=rep)
    others = [make("leads", first_name=f"L{number}", owner=None) for number in range(6)]
    clock.goes_on()

    owners = list(Lead.objects.filter(pk__in=[one.pk for one in others]).values_list("owner_id", flat=True))
    assert {one: owners.count(one) for one in owners} == {room.owner().pk: 2, rep.pk: 2, mate.pk: 2}
    assert mine.pk not in {run.record_id for run in runs(workflow)}
    assert [all_done(run) for run in runs(workflow)] == [True] * 6
    assert len(told(mate)) == 2
    assert Change.objects.get(record_id=others[0].pk, action="updated").actor_name == "Workflow: Share out new leads"


def test_a_deal_that_is_won_has_a_draft_of_its_invoice(
    offered: Callable[[str], Workflow], clock: Clock, boss: Actor, room: Twin
) -> None:
    workflow = offered("invoice_won")
    first, second = Deal.objects.get(pk=room.deal_id), make("deals", name="Second", amount="500")

    by_hand = draft_invoice_from_deal(deal=win(second, boss), by=boss)
    win(first, boss)
    clock.goes_on()

    invoice = Invoice.objects.get(deal=first)
    assert (invoice.status, invoice.total, invoice.account_id) == ("draft", first.amount, room.account_id)
    assert [all_done(run) for run in runs(workflow)] == [True, True]
    made = {run.record_id: StepRun.objects.get(enrolment=run).output for run in runs(workflow)}
    assert [(made[one.pk]["id"], made[one.pk]["is_new"]) for one in (first, second)] == [
        (str(invoice.pk), True), (str(by_hand.pk), False),
    ]  # fmt: skip


def test_a_deal_that_nothing_happens_to_for_30_days_is_followed_up(
    offered: Callable[[str], Workflow], clock: Clock, boss: Actor, rep: User
) -> None:
    workflow = offered("silent_deals")
    silent = make("deals", name="Silent", owner=rep)
    spoken, won = make("deals", name="Spoken", owner=rep), win(make("deals", name="Won", owner=rep), boss)
    clock.goes_on(days=10)
    make("activities", type="phone_call", subject="Hello", about_type="deals", about_id=spoken.pk,
         occurred_at=clock.now)  # fmt: skip

    clock.goes_on(days=19, hours=23)
    assert runs(workflow) == []
    clock.goes_on(hours=2)

    task = Task.objects.get()
    assert (task.name, task.category, task.owner_id) == ("Follow up: Silent", "follow_up", rep.pk)
    assert (task.about_id, task.due_at) == (silent.pk, clock.now + timedelta(days=1))
    assert all_done(only_run(workflow))
    clock.goes_on(days=10)
    assert [task.name for task in Task.objects.order_by("created_at")] == ["Follow up: Silent", "Follow up: Spoken"]
    assert won.pk not in {run.record_id for run in runs(workflow)}
    assert Activity.objects.count() == 1


@pytest.fixture
def billed(clock: Clock, boss: Actor, room: Twin) -> list[Invoice]:
    """Three invoices of this Monday, to be paid in 15 days."""
    update_profile(values=SELLER, by=boss)
    deals = [Deal.objects.get(pk=room.deal_id)]
    deals += [make("deals", name=name, amount="900", account=room.account_id, contact=room.contact_id) for name in "BC"]
    return [issue_invoice(invoice=draft_invoice_from_deal(deal=win(one, boss), by=boss), by=boss) for one in deals]


def test_an_invoice_that_is_overdue_is_reminded_of_and_a_week_later_called_about(
    offered: Callable[[str], Workflow], clock: Clock, billed: list[Invoice], boss: Actor, room: Twin, letters: Letters
) -> None:
    workflow = offered("overdue_invoice")
    late, later, paid = billed
    record_payment(invoice=paid, by=boss)
    clock.goes_on(days=15, hours=12)  # the day it is due
    assert (late.due_on, sent(letters)) == (clock.now.date(), [])

    clock.goes_on(hours=12)  # the next morning
    reminders = [("priya@customer.example", f"Invoice {one.number} is overdue") for one in (late, later)]
    assert sorted(sent(letters)) == sorted(reminders)
    assert f"our invoice {late.number} was due on 17 Mar 2026. If you have paid" in text_of(letters, 0)
    clock.goes_on(days=3)
    record_payment(invoice=Invoice.objects.get(pk=later.pk), by=boss)
    clock.goes_on(days=4)

    task = Task.objects.get()
    assert (task.name, task.due_at) == (f"Call about invoice {late.number}", clock.now + timedelta(days=1))
    assert (task.about_type, task.about_id, task.owner_id) == ("contacts", room.contact_id, late.owner_id)
    assert {run.record_id: run.state for run in runs(workflow)} == {late.pk: "done", later.pk: "stopped"}
    assert all_done(Enrolment.objects.get(workflow=workflow, record_id=late.pk))
    assert len(letters.taken) == 2
