"""Recordings served to whoever may see the call, in ranges so that a player can seek."""

import re
from collections.abc import Iterator
from typing import IO
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from tenants.identity.access import for_programs
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.records.queries import record_for
from tenants.records.registry import type_named
from tenants.voice.recordings import CONTENT_TYPES

RANGE = re.compile(r"^bytes=(\d*)-(\d*)$")
CHUNK = 64 * 1024


@for_programs
@require_GET
def recording(request: HttpRequest, call_id: UUID) -> HttpResponseBase:
    call = record_for(context.actor(), type_named("calls"), call_id)
    if not call.recording:
        raise NotFound("This call has no recording.")
    try:
        file = default_storage.open(call.recording)
    except FileNotFoundError as error:
        raise NotFound("The recording is no longer kept.") from error
    response = ranged(file, file.size, request.headers.get("Range", ""))
    kind = call.recording.rpartition(".")[2]
    response["Content-Type"] = CONTENT_TYPES[kind]
    response["Content-Disposition"] = f'inline; filename="call-{call.started_at:%Y-%m-%d-%H%M}.{kind}"'
    return response


def ranged(file: IO[bytes], size: int, asked: str) -> HttpResponseBase:
    """The whole file, the part that a Range header asks for, or 416."""
    first, last = 0, size - 1
    if found := RANGE.match(asked):
        start, end = found.groups()
        if start:
            first, last = int(start), min(int(end or last), last)
        elif end:
            first = max(0, size - int(end))
        if first > last or first >= size:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_read(file, first, last), status=206 if found else 200)
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(last - first + 1)
    if found:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _read(file: IO[bytes], first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
