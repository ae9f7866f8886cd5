"""Taking a company out and in, as the pages and the API do."""

from django.core.files.base import ContentFile

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.exporting import actions as exporting
from tenants.records.exporting.queries import file_of
from tenants.records.importing import actions as importing
from tenants.records.jobs.running import work
from tenants.records.models import Job, JobLine
from tests.factories import Twin


def worked(job: Job) -> Job:
    """As a worker does it."""
    with context.working_for(job.pk):
        work(job)
    job.refresh_from_db()
    assert job.state == "done", job.error
    return job


def taken_out(twin: Twin, file_format: str = "json") -> bytes:
    with context.inside(twin.place, actor=robot()):
        job = worked(exporting.export_everything(file_format=file_format, by=robot()))
        with file_of(job) as file:
            return file.read()


def brought_in(twin: Twin, content: bytes) -> Job:
    """Looked at first, as the wizard does."""
    with context.inside(twin.place, actor=robot()):
        draft = importing.upload(file=ContentFile(content), name="all.zip", type_name="", by=robot(), size=len(content))
        draft = worked(importing.start_preview(draft=draft, by=robot()))
        assert not draft.counts.get("failed"), told(draft)
        return worked(importing.start_import(draft=draft, by=robot()))


def told(job: Job) -> list[tuple[str, str, str, str]]:
    lines = JobLine.objects.filter(job=job)
    return [(line.name, line.field, line.value, line.message) for line in lines]
