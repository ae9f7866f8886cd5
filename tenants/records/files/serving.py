"""Files on their way to the browser: shown where that is harmless, else only downloaded."""

from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils.http import content_disposition_header

from tenants.kernel.errors import NotFound
from tenants.records.files.kinds import SHOWN_INLINE
from tenants.records.models import File

OWN_RULES = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


def serve(file: File, *, is_download: bool = False) -> FileResponse:
    """The bytes, under the type that they were found to have. Raises NotFound when they are gone."""
    try:
        opened = default_storage.open(file.key)
    except FileNotFoundError as error:
        raise NotFound("The file is no longer kept.") from error
    is_inline = file.content_type in SHOWN_INLINE and not is_download
    response = FileResponse(opened, content_type=file.content_type if is_inline else "application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(not is_inline, file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = OWN_RULES
    if is_inline:
        response["X-Frame-Options"] = "SAMEORIGIN"
    return response
