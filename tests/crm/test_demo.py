"""The demo's draws: numbers that are right, names that vary, the same story each time."""

from collections.abc import Iterator
from random import Random
from typing import Any

import phonenumbers
import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from stdnum.bg import vat
from stdnum.in_ import gstin
from stdnum.us import ein

from tenants.automation.models import Enrolment, StepRun, Workflow
from tenants.crm.demo.bulgaria import BULGARIA
from tenants.crm.demo.india import INDIA
from tenants.crm.demo.story import WORLDS, Story
from tenants.crm.demo.usa import USA
from tenants.crm.demo.world import World, latin, mail_domain
from tenants.crm.models import Account, Contact, Deal, Lead, Task
from tenants.directory import hosts
from tenants.identity.actions import add_user
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid
from tenants.notifications.models import Delivery, Notification
from tenants.records.models import Change, Event
from tests.factories import Twin

EVERYWHERE = pytest.mark.parametrize("world", [INDIA, BULGARIA, USA], ids=lambda world: world.country)


@EVERYWHERE
def test_phones_are_valid_in_their_country(world: World) -> None:
    random = Random(1)
    for city in world.cities:
        number = phonenumbers.parse(world.phone(random, city))
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.region_code_for_number(number) == world.country


@pytest.mark.parametrize(("world", "check"), [(INDIA, gstin), (BULGARIA, vat), (USA, ein)])
def test_tax_ids_have_right_check_digits(world: World, check: Any) -> None:
    random = Random(1)
    numbers = [world.tax_id(random, city) for city in world.cities for _ in range(20)]

    assert [number for number in numbers if not check.is_valid(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_gstin_starts_with_the_code_of_the_state() -> None:
    pune, bengaluru = INDIA.cities[0], next(city for city in INDIA.cities if city.name == "Bengaluru")

    assert INDIA.tax_id(Random(1), pune)[:2] == "27"
    assert INDIA.tax_id(Random(1), bengaluru)[:2] == "29"


def test_bulgarian_surnames_follow_the_first_name() -> None:
    random = Random(1)
    for first, last in (BULGARIA.people(random) for _ in range(300)):
        assert last.endswith("а") == (first[-1] in "ая"), f"{first} {last}"


def test_addresses_are_for_no_real_person() -> None:
    assert latin("Щерю Жълтиков") == "shteryu-zhaltikov"
    assert mail_domain("Хемус Трейд ООД") == "hemus-treyd.example"


@pytest.fixture(scope="module")
def loaded(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[Story]:
    """Told once for the module, undone after it: two years take a while."""
    from tenants.crm.demo import load  # in the company

    with django_db_blocker.unblock(), context.public(), transaction.atomic():
        with context.inside(_twins[0].place, actor=robot()):
            add_user(email="rep@works.example", name="Rep", role="sales-rep")
            load({"slug": "acme", "country": "IN"})
            assert mail.outbox == []
            yield Story({"slug": "acme", "country": "IN"})
        transaction.set_rollback(True)
    hosts._forget()


def test_load_tells_two_years(loaded: Story) -> None:
    assert 250 <= Contact.objects.count() <= 351
    assert 120 <= Account.objects.count() <= 181
    assert 150 <= Deal.objects.count() <= 251
    oldest = Account.objects.order_by("created_at")[0]
    assert 600 <= (loaded.now - oldest.created_at).days <= 735
    assert not Deal.objects.filter(created_at__gt=loaded.now).exists()
    assert not Change.objects.filter(created_at__gt=loaded.now).exists()
    assert Deal.objects.values("stage").distinct().count() == 9
    assert {"won", "lost", "open"} == set(Deal.objects.values_list("status", flat=True).distinct())
    assert (
        Contact.objects.exclude(phone="").values("phone").distinct().count()
        == Contact.objects.exclude(phone="").count()
    )


def test_load_is_history_and_not_only_rows(loaded: Story) -> None:
    won = Deal.objects.filter(status="won", account__country="IN")[0]
    moves = Change.objects.filter(record_id=won.pk).order_by("created_at")

    assert moves[0].action == "created"
    assert moves.count() >= 3
    assert abs((moves[0].created_at - won.created_at).total_seconds()) < 1
    assert (
        won.closed_on == won.stage_changed_at.astimezone(loaded.zone).date()
        or won.closed_on == won.stage_changed_at.date()
    )


def test_tasks_are_late_for_today_and_ahead(loaded: Story) -> None:
    tasks = Task.objects.filter(status="pending")

    assert tasks.filter(due_at__lt=loaded.now).count() >= 10
    assert tasks.filter(due_at__gt=loaded.now).count() >= 20
    assert Task.objects.filter(status="completed").count() >= 20


def test_workflows_are_at_work_and_one_is_a_draft(loaded: Story) -> None:
    states = dict(Workflow.objects.values_list("name", "state"))
    assert states == {
        "New lead from the website": "active", "Hot lead": "active", "Deals gone silent": "active",
        "Nurture a lead": "draft",
    }  # fmt: skip
    runs = Enrolment.objects.filter(workflow__state="active")
    assert set(runs.values_list("workflow__name", flat=True)) == {name for name in states if states[name] == "active"}
    assert set(runs.values_list("state", flat=True)) == {"done"}
    assert not runs.filter(entered_at__gt=loaded.now).exists()
    assert set(StepRun.objects.values_list("state", flat=True)) == {"done", "skipped"}


def test_runs_are_the_engines_own(loaded: Story) -> None:
    run = Enrolment.objects.filter(workflow__name="New lead from the website")[0]
    lead = Lead.objects.get(pk=run.record_id)

    assert (lead.source, lead.tags) == ("website", ["Website Lead"])
    assert run.entered_at == lead.created_at
    assert run.version.number == 1
    welcome = run.step_runs.get(step_id="welcome")
    assert (welcome.output["to"], welcome.output["subject"]) == (lead.email, f"Welcome, {lead.first_name}")
    actors = Change.objects.filter(record_id=lead.pk, action="updated").values_list("actor_name", flat=True)
    assert set(actors) == {"Workflow: New lead from the website"}
    assert Task.objects.get(name=f"Call {lead} within 24h", about_id=lead.pk).status == "completed"


def test_loading_sends_nothing_and_what_was_told_lets_nobody_in_later(loaded: Story) -> None:
    from tenants.automation.engine import memory
    from tenants.automation.engine.hearing import hear

    assert list(Delivery.objects.exclude(status="skipped")) == []
    assert not Enrolment.objects.filter(state__in=("running", "waiting")).exists()
    memory._forget()
    before = Enrolment.objects.count()
    assert hear(list(Event.objects.filter(name__startswith="lead."))) == 0
    assert Enrolment.objects.count() == before
    memory._forget()


def test_the_owner_was_told_things_and_has_read_the_older_ones(loaded: Story) -> None:
    mine = Notification.objects.filter(user__role__slug="owner")

    assert (
        {"note_added", "deal_stagnant", "workflow_message"}
        >= set(mine.values_list("kind", flat=True))
        >= {"note_added"}
    )
    assert mine.filter(read_at=None).count() == 2
    assert mine.exclude(read_at=None).count() >= 2
    moments = list(mine.order_by("pk").values_list("created_at", flat=True))
    assert moments == sorted(moments)


@pytest.fixture
def browser(loaded: Story, _twins: tuple[Twin, Twin]) -> Client:
    """With the owner of the demo company signed in."""
    return _twins[0].signed_in()


def test_the_pages_show_them(browser: Client) -> None:
    workflow = Workflow.objects.get(name="Hot lead")
    run = Enrolment.objects.filter(workflow=workflow)[0]

    pages = {
        "/automation/": "Nurture a lead", f"/automation/{workflow.pk}/runs/": run.record_name,
        f"/automation/{workflow.pk}/runs/{run.pk}/": "Post to Slack", "/notifications/": "stands still",
    }  # fmt: skip
    for path, words in pages.items():
        answer = browser.get(path)
        assert (answer.status_code, words in answer.content.decode()) == (200, True), path


def test_a_country_without_a_story_is_refused(company: Twin) -> None:
    with pytest.raises(Invalid, match="BG"):
        Story({"slug": "x", "country": "FR"})
    assert set(WORLDS) == {"IN", "BG", "US"}
