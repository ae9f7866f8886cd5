"""An import as a job: killed, stopped, undone; its file of errors; memory."""

import csv
import io
from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.records.enums import JobState
from tenants.records.importing import actions, kinds, working
from tenants.records.importing.error_file import error_file
from tenants.records.jobs.actions import run_now, undo_job
from tenants.records.jobs.running import Run, work
from tenants.records.models import Job
from tests.factories import Twin
from tests.records.importing.helpers import counts, csv_of, imported, plan_of, targets, uploaded

ROWS = 25


def people(count: int) -> str:
    rows = [[f"P{n}", f"p{n}@r.example", "Pune"] for n in range(count)]
    return csv_of([["First name", "E-mail", "City"], *rows, rows[0]])


def begun(monkeypatch: pytest.MonkeyPatch) -> Job:
    """An import of some rows in pieces of ten, not yet run."""
    monkeypatch.setattr(kinds, "BATCH", 10)
    monkeypatch.setattr(actions, "SMALL_ROWS", 0)
    draft = actions.start_preview(draft=uploaded(people(ROWS)), by=context.actor())
    return actions.start_import(draft=draft, by=context.actor())


def found() -> int:
    return Contact.objects.filter(email__endswith="@r.example", deleted_at=None).count()


def test_a_killed_workers_successor_goes_on_without_repeating(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(monkeypatch)
    taken = working.Importer.take
    calls = []

    def dies(self: Any, rows: Any) -> Any:
        calls.append(len(rows))
        results = taken(self, rows)
        if len(calls) == 2:
            raise KeyboardInterrupt  # the process is gone in the middle of a piece
        return results

    monkeypatch.setattr(working.Importer, "take", dies)
    with pytest.raises(KeyboardInterrupt), context.working_for(job.pk):
        work(job)
    job.refresh_from_db()
    assert (found(), job.place, job.state) == (10, {"plan": 0, "row": 10, "phase": 0}, JobState.RUNNING)

    monkeypatch.setattr(working.Importer, "take", taken)
    Job.objects.filter(pk=job.pk).update(beat_at=None)
    job = run_now(Job.objects.get(pk=job.pk))

    assert (job.state, found(), job.done) == (JobState.DONE, ROWS, ROWS + 1)
    assert counts(job) == {"created": ROWS, "duplicates": 1}


def test_stopped_imports_keep_what_they_did_and_can_be_undone(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun(monkeypatch)
    advance = Run.advance

    def stopping(self: Run, rows: int, **place: Any) -> None:
        advance(self, rows, **place)
        Job.objects.filter(pk=self.job.pk).update(stop_asked_at="2026-01-01T00:00:00Z")

    monkeypatch.setattr(Run, "advance", stopping)
    job = run_now(job)
    monkeypatch.setattr(Run, "advance", advance)

    assert (job.state, found()) == (JobState.STOPPED, 10)
    undone = run_now(undo_job(job=job, by=context.actor(), is_small=True))
    assert (undone.state, found()) == (JobState.DONE, 0)
    assert Contact.objects.filter(email__endswith="@r.example").exclude(deleted_at=None).count() == 10


def test_undo_gives_values_back_unless_changed_since(company: Twin) -> None:
    Contact.objects.filter(pk=company.contact_id).update(city="Pune", job_title="Buyer")
    job = imported("Email,City,Job title\npriya@customer.example,Goa,Boss\n", mode="update")
    Contact.objects.filter(pk=company.contact_id).update(job_title="Director")

    run_now(undo_job(job=job, by=context.actor(), is_small=True))

    priya = Contact.objects.get(pk=company.contact_id)
    assert (priya.city, priya.job_title) == ("Pune", "Director")


def test_the_file_of_errors_can_be_mended_and_imported_again(company: Twin) -> None:
    text = "First name,E-mail,Job title\nA,a@e.example,=2+2\nB,wrong,'+cmd|x\nC,,@SUM(1)\nD,also wrong,-1\n"
    job = imported(text)
    assert counts(job) == {"created": 2, "failed": 2}

    with error_file(job) as file:
        content = file.read().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))

    assert rows[0] == ["First name", "E-mail", "Job title", "⚠ row", "⚠ column", "⚠ value", "⚠ problem", "⚠ fix"]
    assert rows[1] == [
        "B", "wrong", "'+cmd|x", "3", "E-mail", "wrong", "This is no e-mail address.",
        "Write an e-mail address, like name@example.com.",
    ]  # fmt: skip
    mended = content.replace("B,wrong", "B,b@e.example").replace("D,also wrong", "D,d@e.example")
    again = imported(mended)
    assert counts(again) == {"created": 2}
    assert Contact.objects.get(email="b@e.example").job_title == "+cmd|x"
    assert set(targets(Job.objects.get(pk=again.params["draft"])).values()) == {"first_name", "email", "job_title", ""}


def test_a_mapping_is_remembered_for_the_next_file(company: Twin) -> None:
    from dataclasses import replace

    from tenants.identity.models import User

    with context.acting(User.objects.select_related("role").get(role__slug="owner").actor):
        draft = uploaded("Wer,Wo\nA,a@m.example\n")
        plan = plan_of(draft)
        chosen = replace(plan, columns=(replace(plan.columns[0], target="last_name"), plan.columns[1]), mode="update")
        actions.set_plan(draft=draft, plan=actions.rekeyed(chosen), by=context.actor(), is_final=True)

        assert targets(uploaded("Wer,Wo\nB,b@m.example\n")) == {"Wer": "last_name", "Wo": "email"}


def test_memory_does_not_grow_with_the_file(company: Twin) -> None:
    """Reading, the part that could hold a file whole."""
    import tracemalloc

    from tenants.records.importing.opening import open_table

    def peak(count: int) -> int:
        draft = uploaded(people(count))
        tracemalloc.start()
        with open_table(draft.params["file"], "csv", {}) as table:
            for _batch in kinds.batches(table.rows):
                pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(150_000) < peak(60_000) * 1.2
