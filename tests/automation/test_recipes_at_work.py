"""Recipes done by a worker of its own, as in production: another process, the broker, a mail server and a chat."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from tenants.automation import actions
from tenants.automation.engine import memory
from tenants.automation.models import Enrolment, Workflow
from tenants.automation.recipes import recipe_named
from tenants.crm.models import Account, Deal, Lead, Task
from tenants.invoicing.models import Invoice
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.clock import standing_at
from tenants.notifications import chats
from tenants.notifications.models import Delivery, Notification
from tenants.records.actions import update_record
from tests.automation.conftest import settle, steps_of
from tests.automation.test_crash import ROOT, end
from tests.automation.test_recipes import READY, known_lead, sent, task_named, win
from tests.factories import Twin, make
from tests.identity.conftest import a_user
from tests.notifications.conftest import Letters, letters, receiver
from tests.notifications.receiver import Receiver
from tests.voice.conftest import wait_for

__all__ = ["letters", "receiver"]
LONG = 90
Worker = subprocess.Popen[bytes]
CUSTOMER = "priya@customer.example"


@pytest.fixture
def boss(settled: Twin) -> Iterator[Actor]:
    """The owner of a company that is committed: a worker in another process sees what happens in it."""
    with context.inside(settled.place, actor=robot()):
        memory._forget()
        yield settled.owner().actor
        cache.clear()
        memory._forget()


@pytest.fixture
def worker(boss: Actor, letters: Letters, receiver: Receiver, settings: Any, tmp_path: Path) -> Iterator[Worker]:
    known = {"EMAIL_URL": settings.EMAIL_URL, "OUTBOUND_TRUSTED_ORIGINS": receiver.url}
    command = [sys.executable, "-m", "celery", "-A", "saas.celery", "worker", "-P", "solo", "--without-gossip",
               "--without-mingle"]  # fmt: skip
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {f"OMNIFLOW_{name}": value for name, value in known.items()},
            start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip
        yield process
        end(process)


def offered(name: str, boss: Actor) -> Workflow:
    recipe = recipe_named(name)
    made = actions.create_workflow(name=str(recipe.label), definition=recipe.definition(), by=boss)
    actions.publish(workflow=made, by=boss)
    return made


def sent_to(letters: Letters, address: str) -> list[str]:
    """Subjects. Its invitation goes to the owner meanwhile, from when the company was made."""
    return [subject for to, subject in sent(letters) if to == address]


def run_of(workflow: Workflow) -> Enrolment:
    return Enrolment.objects.get(workflow=workflow)


def is_at_rest(workflow: Workflow) -> bool:
    """Whether its one run has ended, or waits for a day to come."""
    run = Enrolment.objects.filter(workflow=workflow).first()
    return run is not None and (not run.is_open or run.state == "waiting")


def test_a_worker_takes_a_lead_from_the_website_to_a_call_and_into_nurture(
    boss: Actor, worker: Worker, letters: Letters
) -> None:
    nurture, workflow = offered("nurture_lead", boss), offered("new_lead", boss)

    lead = make("leads", first_name="Lea", email="lea@x.example", source="website", owner=None)
    wait_for(lambda: is_at_rest(workflow) and is_at_rest(nurture), LONG)

    lead = Lead.objects.get(pk=lead.pk)
    assert (lead.tags, lead.owner_id) == (["Website Lead"], boss.user_id)
    assert sent_to(letters, "lea@x.example") == ["Welcome, Lea"]
    assert task_named("Call Lea within 24h").owner_id == boss.user_id
    assert steps_of(run_of(workflow)) == [(one, "done") for one in ("tag", "assign", "welcome", "call", "enrol")]
    assert (run_of(workflow).state, run_of(nurture).state) == ("done", "waiting")


def test_a_worker_calls_the_owner_of_a_lead_that_becomes_hot(
    boss: Actor, settled: Twin, worker: Worker, letters: Letters, receiver: Receiver
) -> None:
    chats.connect(name="#sales", service="slack", url=f"{receiver.url}/slack", is_for_people=False, by=boss)
    workflow = offered("hot_lead", boss)
    rep = a_user(settled, "sales-rep")
    lead = known_lead(rep)

    update_record(record=lead, values=READY, by=robot("Score"))
    wait_for(lambda: is_at_rest(workflow), LONG)
    wait_for(lambda: Delivery.objects.filter(channel="email", status="sent").exists(), LONG)

    assert steps_of(run_of(workflow)) == [(one, "done") for one in ("hot", "tell", "slack", "task")]
    posted = [json.loads(body)["text"] for _path, _headers, body in receiver.got]
    assert posted == ["Hot lead: Hana"]
    assert sent_to(letters, rep.email) == ["Hot lead: Hana"]
    assert task_named("Call Hana now").priority == "urgent"


def test_a_worker_takes_over_a_deal_that_is_won_and_its_successor_builds_on_it(
    boss: Actor, settled: Twin, worker: Worker, letters: Letters
) -> None:
    workflow = offered("deal_won", boss)

    deal = update_record(record=Deal.objects.get(pk=settled.deal_id), values={"owner": boss.user_id}, by=boss)
    win(deal, boss)
    wait_for(lambda: is_at_rest(workflow), LONG)

    assert sent_to(letters, CUSTOMER) == ["Thank you"]
    assert Task.objects.count() == 2
    assert Account.objects.get(pk=settled.account_id).lifecycle == "customer"
    assert Invoice.objects.get(deal=deal).status == "draft"
    assert Notification.objects.get(kind="workflow_message").user_id == boss.user_id
    end(worker)
    for days in (91, 97):  # from here on this process is the worker, with a clock that tests move
        with standing_at(timezone.now() + timedelta(days=days)):
            settle()
    assert sent_to(letters, CUSTOMER)[1:] == ["What comes next?"]
    assert task_named(f"Talk to {settled.sentinel} Nair about what comes next")
    assert run_of(workflow).state == "done"
    assert {key: state for key, state in steps_of(run_of(workflow)) if state != "done"} == {}
