"""SIGKILL of a real worker while it asks somebody outside: asked again with the same key, everything else once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
from django.core.cache import cache

from tenants.automation import actions
from tenants.automation.engine import memory
from tenants.automation.models import Enrolment, StepRun
from tenants.automation.tasks import advance_workflows
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Change
from tests.automation.conftest import action
from tests.factories import Twin, make
from tests.voice.conftest import wait_for

ROOT = Path(__file__).resolve().parents[2]


class Slow(ThreadingHTTPServer):
    """Takes the first request and never answers it; the others at once."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.is_asked = Flag()
        slow = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                slow.keys.append(str(self.headers["idempotency-key"]))
                slow.is_asked.set()
                if len(slow.keys) == 1:
                    time.sleep(60)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.daemon_threads = True
        Thread(target=self.serve_forever, daemon=True).start()


@pytest.fixture
def house(settled: Twin) -> Iterator[tuple[Slow, list[Any]]]:
    """A company of its own: what another process does there is committed."""
    slow, workers = Slow(), []
    with context.inside(settled.place, actor=robot()):
        memory._forget()
        yield slow, workers
        for worker in workers:
            end(worker)
        cache.clear()
        memory._forget()
    slow.server_close()


def worker(slow: Slow) -> subprocess.Popen[bytes]:
    trusted = f"http://127.0.0.1:{slow.server_port}"
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "saas.celery", "worker", "-P", "solo", "--without-gossip",
         "--without-mingle"],
        cwd=ROOT, env=os.environ | {"OMNIFLOW_OUTBOUND_TRUSTED_ORIGINS": trusted}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def test_a_worker_killed_in_mid_call(house: tuple[Slow, list[Any]]) -> None:
    slow, workers = house
    steps = [
        action("tag", "add_tag", tags=["Once"]),
        action("call", "webhook", url=f"http://127.0.0.1:{slow.server_port}/"),
        action("city", "update_field", field="city", value="Done"),
    ]
    trigger = {"kind": "record_created", "params": {"record_type": "contacts"}}
    workflow = actions.create_workflow(name="Crash", definition={"trigger": trigger, "steps": steps}, by=robot())
    actions.publish(workflow=workflow, by=robot())
    contact = make("contacts", first_name="Crash")

    workers.append(worker(slow))
    assert slow.is_asked.wait(60)
    end(workers[0])
    run = Enrolment.objects.get(workflow=workflow)
    assert (run.state, run.claimed_until is not None) == ("running", True)
    Enrolment.objects.update(claimed_until=run.entered_at)  # two minutes later
    cache.clear()
    workers.append(worker(slow))
    advance_workflows.apply_async(kwargs={"company_id": str(context.company_id())})
    wait_for(lambda: Enrolment.objects.get(pk=run.pk).state == "done", 60)

    assert len(slow.keys) == 2
    assert len(set(slow.keys)) == 1
    states = StepRun.objects.filter(enrolment=run).order_by("started_at").values_list("key", "state")
    assert list(states) == [("tag", "done"), ("call", "done"), ("city", "done")]
    assert Change.objects.filter(record_id=contact.pk, action="updated").count() == 2
    contact.refresh_from_db()
    assert (contact.tags, contact.city) == (["Once"], "Done")
