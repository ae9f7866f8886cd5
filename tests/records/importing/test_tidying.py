"""Uploaded files do not stay for ever."""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from tenants.kernel import context
from tenants.records.exporting.actions import export_list, forget_old
from tenants.records.importing.actions import start_import, tidy_imports
from tenants.records.importing.tasks import tidy_company_imports
from tenants.records.models import Job
from tenants.records.registry import type_named
from tests.factories import Twin
from tests.records.importing.helpers import previewed


def aged(job: Job, **delta: float) -> None:
    then = timezone.now() - timedelta(**delta)
    Job.objects.filter(pk=job.pk).update(updated_at=then, finished_at=then)


def test_a_draft_goes_after_a_day_with_its_file(company: Twin) -> None:
    old, young = previewed("Name\nA B\n"), previewed("Name\nC D\n")
    aged(old, hours=25)
    aged(young, hours=23)

    assert tidy_imports() == 1

    assert not default_storage.exists(old.params["file"])
    assert default_storage.exists(young.params["file"])
    assert list(Job.objects.values_list("pk", flat=True)) == [young.pk]


def test_an_import_keeps_its_file_for_a_month_and_its_history_longer(company: Twin) -> None:
    draft = previewed("Name\nA B\n")
    job = start_import(draft=draft, by=context.actor())
    aged(draft, hours=25)
    aged(job, days=29)

    assert tidy_imports() == 1
    assert default_storage.exists(job.params["file"])

    aged(job, days=31)
    assert tidy_imports() == 1
    assert tidy_imports() == 0
    assert not default_storage.exists(job.params["file"])
    assert Job.objects.get(kind="import").params["file"] == ""


def test_the_task_also_forgets_old_exports(company: Twin) -> None:
    job = export_list(record_type=type_named("contacts"), file_format="csv", asked={}, by=context.actor())
    key = job.result["file"]
    aged(job, days=8)

    tidy_company_imports(company_id=str(company.company.pk))
    tidy_company_imports(company_id=str(company.company.pk))

    assert not default_storage.exists(key)
    assert forget_old() == 0
