"""The job of exporting: a file is written from start to end, and kept for who asked for it."""

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import IO, Any, ClassVar
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from tenants.records.events import emit
from tenants.records.exporting.columns import columns_of
from tenants.records.exporting.rows import chunks, rows_for
from tenants.records.exporting.writers import CsvWriter, JsonWriter, Writer, XlsxWriter
from tenants.records.jobs.kinds import JobKind, job_kind
from tenants.records.jobs.running import Run
from tenants.records.queries import require
from tenants.records.registry import RecordType, type_named
from tenants.records.whole.writing import write_whole


@job_kind
class ExportJob(JobKind):
    """A successor of a killed worker begins the file again: half a file is none."""

    name: ClassVar[str] = "export"
    template: ClassVar[str] = "exporting/_job.html"

    def run(self, run: Run) -> None:
        params = run.job.params
        run.job.done, types = 0, [type_named(name) for name in params["types"]]
        for one in types:
            require(run.actor, "export", one.name)
        with TemporaryFile() as file:
            if params["is_whole"]:
                write_whole(run, types, params["format"], file)
            else:
                _write_one(run, types[0], file, params)
            size = file.tell()
            file.seek(0)
            key = default_storage.save(f"exports/{uuid4().hex}", File(file))
        with transaction.atomic():
            run.job.result = {"file": key, "size": size}
            run.advance(0)
            what = {
                "types": params["types"],
                "format": params["format"],
                "rows": run.job.done,
                "filter": params.get("filter"),
            }
            emit("records.exported", run.job, by=run.job.actor_name, user_id=_text(run.job.user_id), **what)  # type: ignore[arg-type]


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _write_one(run: Run, record_type: RecordType, file: IO[bytes], params: Mapping[str, Any]) -> None:
    _fill(run, record_type, _writer(record_type, file, params), params)


def _writer(record_type: RecordType, file: IO[bytes], params: Mapping[str, Any]) -> Writer:
    columns = columns_of(record_type, params.get("columns") or ())
    match params["format"]:
        case "csv":
            return CsvWriter(file, columns)
        case "json":
            return JsonWriter(file, columns)
        case "xlsx":
            return XlsxWriter(file, columns, name=record_type.label)
    from tenants.records.exporting.pdf import PdfWriter  # slow to load, and rarely wanted

    return PdfWriter(file, columns, record_type=record_type)


def _fill(run: Run, record_type: RecordType, writer: Writer, asked: Mapping[str, Any]) -> None:
    """All rows as they were at one moment: the cursor reads from one snapshot."""
    for chunk in chunks(record_type, rows_for(record_type, asked, run.actor)):
        run.check()
        writer.write(chunk)
        run.advance(len(chunk))
    writer.close()
