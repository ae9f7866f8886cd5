"""SIGKILL of the worker in the middle of a job, with a real worker: its successor does no row twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.bulk.actions import start_bulk
from tenants.records.bulk.selection import Selection
from tenants.records.bulk.verbs import action_named
from tenants.records.enums import JobState, Outcome
from tenants.records.jobs.running import STALE_SECONDS
from tenants.records.jobs.tasks import wake_jobs
from tenants.records.models import Change, Job
from tenants.records.registry import type_named
from tests.factories import Twin
from tests.voice.conftest import wait_for

ROOT = Path(__file__).resolve().parents[3]
ROWS = 3_000
EVERY = {"field": "job_title", "op": "is", "value": "Crash"}


@pytest.fixture
def crowd(settled: Twin) -> Iterator[Twin]:
    with context.inside(settled.place, actor=robot()):
        Contact.objects.bulk_create(
            Contact(first_name="Crowd", last_name=str(n), job_title="Crash") for n in range(ROWS)
        )
        yield settled


@pytest.fixture
def workers() -> Iterator[list["subprocess.Popen[bytes]"]]:
    running: list[subprocess.Popen[bytes]] = []
    yield running
    for one in running:
        kill(one)


def worker(workers: list["subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
    command = ["celery", "-A", "saas.celery", "worker", "-P", "solo", "--without-gossip", "--without-mingle"]
    found = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=os.environ, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    workers.append(found)
    return found


def kill(process: "subprocess.Popen[bytes]") -> None:
    """The whole group at once, as a crash would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def test_a_killed_worker_s_successor_goes_on_and_does_no_row_twice(
    crowd: Twin, workers: list["subprocess.Popen[bytes]"]
) -> None:
    contacts = type_named("contacts")
    job = start_bulk(
        record_type=contacts, action=action_named(contacts, "edit"), selection=Selection(tree=EVERY),
        values={"city": "Pune"}, by=robot("Tester"),
    )  # fmt: skip
    first = worker(workers)
    wait_for(lambda: 0 < _done(job) < ROWS, 60)
    kill(first)
    time.sleep(0.5)  # the server notices that the connection is gone
    done = _done(job)
    assert 0 < done < ROWS
    assert Contact.objects.filter(job_title="Crash", city="Pune").count() == done

    stale = timezone.now() - timedelta(seconds=STALE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(beat_at=stale)
    wake_jobs(company_id=str(crowd.company.pk))
    worker(workers)
    wait_for(lambda: _done(job) == ROWS and Job.objects.get(pk=job.pk).state == JobState.DONE, 90)

    job.refresh_from_db()
    assert job.counts == {Outcome.UPDATED: ROWS}
    assert Contact.objects.filter(job_title="Crash", city="Pune", version=2).count() == ROWS
    assert Change.objects.filter(job_id=job.pk).count() == ROWS
    assert Change.objects.filter(job_id=job.pk).values("record_id").distinct().count() == ROWS


def _done(job: Job) -> int:
    return Job.objects.values_list("done", flat=True).get(pk=job.pk)
