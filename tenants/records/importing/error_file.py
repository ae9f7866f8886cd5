"""The rows that failed, as a file of the same columns that can be mended and imported again."""

import csv
import io
from tempfile import TemporaryFile
from typing import IO

from tenants.records.importing.queries import failed_rows
from tenants.records.models import Job
from tenants.records.neutral import neutral

MARK = "⚠ "
"""Before the names of our columns: an import leaves those out."""
OURS = ("row", "column", "value", "problem", "fix")


def error_file(job: Job) -> IO[bytes]:
    """CSV in UTF-8, written to a temporary file: it may be as long as what was imported."""
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    headers = [column["header"] for column in job.params["plans"][0]["columns"]]
    writer.writerow([*map(neutral, headers), *(f"{MARK}{name}" for name in OURS)])
    for number, cells, faults in failed_rows(job):
        told = (
            [line.field for line in faults], [line.value for line in faults],
            [line.message for line in faults], [line.data.get("fix", "") for line in faults],
        )  # fmt: skip
        padded = [*cells, *[""] * (len(headers) - len(cells))]
        ours = [str(number), *(" / ".join(filter(None, words)) for words in told)]
        writer.writerow([neutral(cell) for cell in [*padded, *ours]])
    text.detach()
    file.seek(0)
    return file
