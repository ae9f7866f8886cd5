"""A job at work: pieces, pulse, stop, resumption, and what it may do."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict
from tenants.records.enums import JobState, Outcome
from tenants.records.jobs import running
from tenants.records.jobs.actions import run_now, start_job, stop_job, undo_job
from tenants.records.jobs.running import Overtaken, Run, work
from tenants.records.jobs.tasks import actor_of, run_job, wake_jobs
from tenants.records.models import Job, JobLine
from tests.factories import Twin
from tests.records.staff import person


@transaction.atomic
def piece(run: Run) -> None:
    run.note(Outcome.SKIPPED, line=JobLine(number=1))
    run.advance(1)


def start(by: Actor, total: int = 6, **params: Any) -> Job:
    return start_job(kind="counting", label="Count", by=by, total=total, params=params)


def test_a_job_runs_to_its_end_and_keeps_lines_and_counts(company: Twin, by: Actor) -> None:
    job = run_now(start(by))

    assert (job.state, job.done, job.counts, job.place) == (
        JobState.DONE, 6, {Outcome.SKIPPED: 6, "lines": 6}, {"at": 6},
    )  # fmt: skip
    assert list(JobLine.objects.filter(job=job).values_list("number", "message")) == [
        (number, f"Row {number}") for number in range(6)
    ]


def test_a_finished_job_does_not_run_again(company: Twin, by: Actor) -> None:
    job = run_now(start(by))

    run_now(job)

    assert JobLine.objects.filter(job=job).count() == 6


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"fails_at": 4}, "Not from here."),
        ({"breaks_at": 4}, "Something went wrong on our side. We have been told."),
    ],
)
def test_a_failure_is_told_and_finished_pieces_stay(
    company: Twin, by: Actor, params: dict[str, int], words: str
) -> None:
    job = run_now(start(by, **params))

    assert (job.state, job.error, job.done, bool(job.finished_at)) == (JobState.FAILED, words, 4, True)


def test_stop_before_the_start_ends_it_at_once(company: Twin, by: Actor) -> None:
    job = stop_job(job=start(by), by=by)

    assert (run_now(job).state, job.done) == (JobState.STOPPED, 0)


def test_stop_while_running_ends_it_between_pieces(company: Twin, by: Actor) -> None:
    job = start(by)
    Job.objects.filter(pk=job.pk).update(stop_asked_at=timezone.now(), place={"at": 2}, done=2)

    assert (run_now(job).state, job.done) == (JobState.STOPPED, 2)


def test_a_fresh_pulse_keeps_a_second_worker_away(company: Twin, by: Actor) -> None:
    job = start(by)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, beat_at=timezone.now())

    work(job)

    assert JobLine.objects.count() == 0


def test_a_successor_goes_on_where_the_last_piece_ended(company: Twin, by: Actor) -> None:
    job = start(by)
    long_ago = timezone.now() - timedelta(seconds=running.STALE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, beat_at=long_ago, place={"at": 4}, done=4)

    job = run_now(job)

    assert (job.state, job.done) == (JobState.DONE, 6)
    assert list(JobLine.objects.values_list("number", flat=True)) == [4, 5]


def test_a_piece_is_taken_back_when_another_worker_has_the_job(company: Twin, by: Actor) -> None:
    job = start(by)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, beat_at=timezone.now())
    job.refresh_from_db()
    run = Run(job)
    Job.objects.filter(pk=job.pk).update(beat_at=timezone.now())

    with pytest.raises(Overtaken):
        piece(run)

    assert JobLine.objects.count() == 0
    assert Job.objects.get(pk=job.pk).done == 0


def test_a_job_whose_workers_keep_dying_is_given_up(company: Twin, by: Actor) -> None:
    job = start(by)
    long_ago = timezone.now() - timedelta(seconds=running.STALE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, beat_at=long_ago, counts={running.STARTS: running.MOST_VAIN_STARTS}
    )

    job = run_now(job)

    assert (job.state, job.done) == (JobState.FAILED, 0)
    assert job.error == "This stopped several times without getting on. We have been told."


def test_only_what_the_house_started_runs_with_its_rights(company: Twin, by: Actor) -> None:
    user = person("asha@customer.example")
    of_user, of_house = start(user.actor), start(by)

    assert actor_of(of_user).grants == user.actor.grants
    assert actor_of(of_house).may("delete", "contacts")
    user.is_active = False
    user.save()
    assert not actor_of(of_user).may("view", "contacts")
    Job.objects.filter(pk=of_user.pk).update(user=None)
    of_user.refresh_from_db()
    assert not actor_of(of_user).may("view", "contacts")


def test_the_task_works_as_the_user(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person("asha@customer.example")
    job = start(user.actor)
    seen: list[tuple[Any, Any, str]] = []
    here = context.current
    monkeypatch.setattr(
        "tenants.records.jobs.tasks.work",
        lambda job: seen.append((here().actor.user_id, here().job_id, here().source)),
    )

    run_job(job_id=str(job.pk), company_id=str(company.company.pk))

    assert seen == [(user.pk, job.pk, "job")]


def test_the_sweeper_wakes_what_died_and_what_waits_too_long(company: Twin, by: Actor, monkeypatch: Any) -> None:
    died, forgotten, fresh, over = (start(by) for _ in range(4))
    now = timezone.now()
    Job.objects.filter(pk=died.pk).update(state=JobState.RUNNING, beat_at=now - timedelta(seconds=61))
    Job.objects.filter(pk=forgotten.pk).update(updated_at=now - timedelta(seconds=301))
    Job.objects.filter(pk=over.pk).update(state=JobState.DONE, updated_at=now - timedelta(seconds=999))
    woken: list[str] = []
    monkeypatch.setattr(run_job, "apply_async", lambda kwargs: woken.append(kwargs["job_id"]))

    wake_jobs(company_id=str(company.company.pk))
    wake_jobs(company_id=str(company.company.pk))

    assert sorted(woken) == sorted([str(died.pk), str(died.pk), str(forgotten.pk)])
    assert str(fresh.pk) not in woken


def test_undo_is_a_job_of_its_own_once(company: Twin, by: Actor) -> None:
    job = run_now(start(by))

    undo = run_now(undo_job(job=job, by=by, is_small=True))

    assert (undo.state, undo.undo_of_id, undo.counts) == (JobState.DONE, job.pk, {Outcome.UPDATED: 6})
    with pytest.raises(Conflict):
        undo_job(job=job, by=by)
    with pytest.raises(Conflict):
        undo_job(job=undo, by=by)


def test_a_failed_undo_can_be_taken_up_again(company: Twin, by: Actor) -> None:
    job = run_now(start(by))
    undo = undo_job(job=job, by=by, is_small=True)
    Job.objects.filter(pk=undo.pk).update(state=JobState.FAILED, beat_at=timezone.now())

    again = run_now(undo_job(job=job, by=by, is_small=True))

    assert (again.pk, again.state) == (undo.pk, JobState.DONE)


def test_a_running_job_cannot_be_undone(company: Twin, by: Actor) -> None:
    with pytest.raises(Conflict):
        undo_job(job=start(by), by=by)
