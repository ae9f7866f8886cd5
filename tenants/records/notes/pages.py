"""Notes on a record's page: each is a piece of its own, drawn again after every change."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import toast
from tenants.records.enums import Visibility
from tenants.records.locale import moment
from tenants.records.models import Change, Note
from tenants.records.notes import actions
from tenants.records.notes.queries import (
    MOST_SUGGESTED,
    note_for,
    people_like,
    record_of,
    versions_of,
    with_threads,
)
from tenants.records.notes.text import words_of
from tenants.records.queries import require

REFRESH = "timeline:refresh"


def file_ids(request: HttpRequest) -> list[UUID]:
    """Files that were sent with a note; what is no id is left out."""
    return list(_ids(request.POST.getlist("file")))


def _ids(given: Iterable[str]) -> Iterable[UUID]:
    for one in given:
        try:
            yield UUID(one)
        except ValueError:
            continue


@require_GET
def note(request: HttpRequest, note_id: UUID) -> HttpResponse:
    return _draw(request, note_for(context.actor(), note_id))


def _draw(request: HttpRequest, found: Note, status: int = 200, **more: Any) -> HttpResponse:
    """The note with its thread, or its root with the thread when it is a reply."""
    root = with_threads(Note.objects.filter(pk=found.parent_id or found.pk))[0]
    return render(request, "notes/_note.html", {"note": root} | more, status=status)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, note_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = note_for(actor, note_id)
    if request.method == "GET":
        actions.require_author(found, actor)
        return render(request, "notes/_edit.html", {"note": found, "body": found.body, "readers": Visibility.choices})
    body, visibility = request.POST.get("body", ""), request.POST.get("visibility")
    try:
        actions.edit_note(note=found, body=body, visibility=visibility, by=actor)
    except Invalid as refusal:
        values = {"note": found, "body": body, "readers": Visibility.choices, "error": str(_first(refusal))}
        return render(request, "notes/_edit.html", values, status=422)
    return _draw(request, found)


def _first(refusal: Invalid) -> str:
    return next(iter(refusal.errors.values()))[0]


@require_POST
def pin(request: HttpRequest, note_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = note_for(actor, note_id)
    actions.pin_note(note=found, is_pinned=not found.pinned_at, by=actor)
    text = _("Unpinned.") if found.pinned_at else _("Pinned to the top.")
    return _told(text)


@require_POST
def reply(request: HttpRequest, note_id: UUID) -> HttpResponse:
    actor = context.actor()
    root = note_for(actor, note_id)
    body = request.POST.get("body", "")
    try:
        actions.add_note(
            record=record_of(actor, root), body=body, parent=root, files=file_ids(request), by=actor
        )  # fmt: skip
    except Invalid as refusal:
        return _draw(request, root, 422, reply_error=_first(refusal), reply_body=body)
    return _draw(request, root)


@require_GET
def versions(request: HttpRequest, note_id: UUID) -> HttpResponse:
    found = note_for(context.actor(), note_id)
    before = [_version(change) for change in versions_of(found)[:50]]
    return render(request, "notes/versions.html", {"note": found, "versions": before})


def _version(change: Change) -> dict[str, str]:
    body = change.changes.get("body", [""])[0]
    return {"who": change.actor_name, "when": moment(change.created_at), "text": words_of(body)}


@require_POST
def delete(request: HttpRequest, note_id: UUID) -> HttpResponse:
    actor = context.actor()
    found = note_for(actor, note_id)
    actions.delete_note(note=found, by=actor)
    return _told(_("The note is deleted."), undo_url=reverse("records:note-restore", args=[note_id]))


@require_POST
def restore(request: HttpRequest, note_id: UUID) -> HttpResponse:
    actor = context.actor()
    actions.restore_note(note=note_for(actor, note_id, is_deleted=True), by=actor)
    return _told(_("The note is back."))


def _told(text: str, undo_url: str = "") -> HttpResponse:
    """A toast; what shows notes draws itself again."""
    return toast(HttpResponse(status=204), text, undo_url=undo_url, events=(REFRESH,))


@require_GET
def mentions(request: HttpRequest) -> JsonResponse:
    """People to mention, by a part of their name."""
    require(context.actor(), "create", "notes")
    found = people_like(request.GET.get("q", "")[:80])[:MOST_SUGGESTED]
    return JsonResponse({"items": [{"id": str(user.pk), "name": str(user)} for user in found]})
