"""SIGKILL of a real worker in the middle of an import: no row is lost, none comes twice."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.enums import JobState
from tenants.records.importing import actions
from tenants.records.importing.limits import BATCH
from tenants.records.jobs.running import STALE_SECONDS
from tenants.records.jobs.tasks import wake_jobs
from tenants.records.models import Change, Event, Job, JobLine, SearchEntry
from tests.factories import Twin
from tests.records.importing.helpers import counts, csv_of, plan_of, uploaded
from tests.records.jobs.test_crash import kill, worker
from tests.voice.conftest import wait_for

ROWS = 6 * BATCH
"""Some pieces more than a worker manages before it is looked at."""
HOST = "@crash.example"


@pytest.fixture
def place(settled: Twin) -> Iterator[Twin]:
    with context.inside(settled.place, actor=robot()):
        yield settled


@pytest.fixture
def workers() -> Iterator[list[Any]]:
    running: list[Any] = []
    yield running
    for one in running:
        kill(one)


def crowd() -> str:
    """Rows of which every hundredth is bad, and the last ones repeat the first."""
    rows = [["Crowd", f"N{n}", f"n{n}{HOST}" if n % 100 else "no address", "Pune"] for n in range(ROWS)]
    return csv_of([["First name", "Last name", "E-mail", "City"], *rows, *rows[1:11]])


def begun() -> Job:
    draft = uploaded(crowd())
    draft = actions.set_plan(draft=draft, plan=plan_of(draft), by=context.actor(), is_final=True)
    return actions.start_import(draft=draft, by=context.actor())


def test_a_killed_worker_s_successor_loses_no_row_and_brings_none_twice(place: Twin, workers: list[Any]) -> None:
    job = begun()
    first = worker(workers)
    wait_for(lambda: 0 < _done(job) < ROWS, 90)
    kill(first)
    time.sleep(0.5)  # the server notices that the connection is gone
    done = _done(job)
    assert 0 < done < ROWS
    assert Contact.objects.filter(email__endswith=HOST).count() == done - done // 100

    stale = timezone.now() - timedelta(seconds=STALE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(beat_at=stale)
    wake_jobs(company_id=str(place.company.pk))
    worker(workers)
    wait_for(lambda: Job.objects.get(pk=job.pk).state == JobState.DONE, 180)

    job.refresh_from_db()
    good, bad = ROWS - ROWS // 100, ROWS // 100
    assert (job.done, counts(job)) == (ROWS + 10, {"created": good, "duplicates": 10, "failed": bad})
    emails = Contact.objects.filter(email__endswith=HOST).values_list("email", flat=True)
    assert sorted(emails) == sorted(f"n{n}{HOST}" for n in range(ROWS) if n % 100)
    made = Change.objects.filter(job_id=job.pk, action="created")
    assert (made.count(), made.values("record_id").distinct().count()) == (good, good)
    told = Event.objects.filter(name="contact.created", record_id__in=made.values("record_id"))
    assert (told.count(), told.values("record_id").distinct().count()) == (good, good)
    assert SearchEntry.objects.filter(record_id__in=made.values("record_id")).count() == good
    failed = JobLine.objects.filter(job=job, outcome="failed").values_list("number", flat=True)
    assert sorted(failed) == [n + 2 for n in range(0, ROWS, 100)]


def _done(job: Job) -> int:
    return Job.objects.values_list("done", flat=True).get(pk=job.pk)
