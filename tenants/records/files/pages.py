"""Files on a record's page: sent one by one with progress, looked at, fetched, deleted."""

from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import DomainError, Invalid
from tenants.kernel.web import toast
from tenants.records.files import actions
from tenants.records.files.kinds import PICTURES
from tenants.records.files.queries import file_for, files_of
from tenants.records.files.serving import serve
from tenants.records.models import File
from tenants.records.queries import record_for
from tenants.records.registry import RecordType

REFRESH = "files:refresh"
MEGABYTE = 1024 * 1024
SLACK = MEGABYTE


@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """GET: the list. POST `file`: one more; the script that sends it reads the answer."""
    found = record_for(context.actor(), record_type, record_id)
    if request.method == "POST":
        return _keep(request, record_type, record_id)
    values = {"type": record_type, "record": found, "files": list(files_of(context.actor(), found)[:200])}
    return render(request, "files/_list.html", values | {"most": settings.FILE_MOST_MEGABYTES})


@require_POST
def loose(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """A file for a record that is still being written."""
    return _keep(request, record_type, None)


def _keep(request: HttpRequest, record_type: RecordType, record_id: UUID | None) -> JsonResponse:
    try:
        _check_length(request)
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid({"file": [_("Choose a file.")]})
        kept = actions.keep_file(upload=upload, record_type=record_type, record_id=record_id, by=context.actor())
    except DomainError as refusal:
        text = refusal.errors["file"][0] if isinstance(refusal, Invalid) and "file" in refusal.errors else str(refusal)
        return JsonResponse({"error": str(text)}, status=refusal.status)
    return JsonResponse(
        {"id": str(kept.pk), "name": kept.name, "url": reverse("records:file", args=[kept.pk])}, status=201
    )


def _check_length(request: HttpRequest) -> None:
    """Refuse by the announced length, before the body is read."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    most = settings.FILE_MOST_MEGABYTES
    if announced.isdecimal() and int(announced) > most * MEGABYTE + SLACK:
        raise Invalid({"file": [_("This file is too large: at most %(most)d MB are taken.") % {"most": most}]})


@require_GET
def file(request: HttpRequest, file_id: UUID) -> FileResponse:
    """Shown by the browser where that is harmless, else downloaded."""
    return serve(file_for(context.actor(), file_id))


@require_GET
def download(request: HttpRequest, file_id: UUID) -> FileResponse:
    return serve(file_for(context.actor(), file_id), is_download=True)


@require_GET
def preview(request: HttpRequest, file_id: UUID) -> HttpResponse:
    found = file_for(context.actor(), file_id)
    return render(request, "files/preview.html", {"file": found, "is_picture": found.content_type in PICTURES})


@require_POST
def delete(request: HttpRequest, file_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = file_for(actor, file_id)
    actions.delete_file(file=found, by=actor)
    text = _("%(name)s is deleted.") % {"name": found.name}
    return _told(text, undo_url=reverse("records:file-restore", args=[file_id]))


@require_POST
def restore(request: HttpRequest, file_id: UUID) -> HttpResponse:
    actor = context.actor()
    found: File = file_for(actor, file_id, is_deleted=True)
    actions.restore_file(file=found, by=actor)
    return _told(_("%(name)s is back.") % {"name": found.name})


def _told(text: str, undo_url: str = "") -> HttpResponse:
    return toast(HttpResponse(status=204), text, undo_url=undo_url, events=(REFRESH,))
