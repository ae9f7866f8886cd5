"""The timeline: read on, told again, exported; and the notes that are written into it."""

import csv
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import wants_part
from tenants.records.notes.actions import add_note as write_note
from tenants.records.notes.pages import REFRESH, file_ids
from tenants.records.notes.queries import with_threads
from tenants.records.pages.tabs import asked_of, tab_values
from tenants.records.queries import record_for, require
from tenants.records.registry import RecordType
from tenants.records.timeline import Asked, Entry, by_day, notes_in, read_story

MOST_EXPORTED = 20_000
RISKY = ("=", "+", "-", "@", "\t", "\r")


@require_GET
def timeline(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """The story: in brief, as the filters say, or, with a cursor, what came before."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    values: dict[str, Any] = {"type": record_type, "record": found}
    if request.GET.get("cursor"):
        asked = asked_of(request.GET)
        story = read_story(found, asked)
        with_threads(notes_in(story.entries))
        values |= {"entries": by_day(story.entries), "older": story.older, "asked": asked, "is_more": True}
        return render(request, "records/_story_page.html", values)
    tab = "activity" if request.GET.get("view") == "activity" else "overview"
    values |= {"tab": tab} | tab_values(tab, actor, record_type, found, request.GET)
    return render(request, "records/record.html#story", values)


@require_GET
def export(request: HttpRequest, record_type: RecordType, record_id: UUID) -> StreamingHttpResponse:
    """The whole story, as the filters say, as CSV."""
    actor = context.actor()
    require(actor, "export", record_type.name)
    found = record_for(actor, record_type, record_id)
    response = StreamingHttpResponse(
        _lines(_told(found, asked_of(request.GET))), content_type="text/csv; charset=utf-8"
    )
    name = _("%(name)s timeline.csv") % {"name": found}
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _told(record: Any, asked: Asked) -> list[Entry]:
    found: list[Entry] = []
    cursor = ""
    while len(found) < MOST_EXPORTED:
        page = Asked(kind=asked.kind, who=asked.who, words=asked.words, cursor=cursor, length=200)
        story = read_story(record, page)
        found += story.entries
        cursor = story.older
        if not cursor:
            break
    return found


class _Echo:
    def write(self, text: str) -> str:
        return text


def _lines(entries: list[Entry]) -> Iterator[str]:
    """With a mark at the start, so that spreadsheets read it as UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([_("When"), _("Kind"), _("Who"), _("What"), _("Details"), _("Text")])
    for entry in entries:
        details = "; ".join(f"{label}: {before} → {after}" for label, before, after in entry.details)
        row = [entry.at.isoformat(), entry.kind, entry.who, entry.text, details, entry.body or str(entry.object or "")]
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(text: str) -> str:
    """What a spreadsheet would take for a formula stays text."""
    return f"'{text}" if text.startswith(RISKY) else text


@require_POST
def add_note(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A note from the composer: an empty composer again, or the same with what is wrong and every word in it."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    body, visibility = request.POST.get("body", ""), request.POST.get("visibility", "all")
    values: dict[str, Any] = {"type": record_type, "record": found}
    try:
        write_note(record=found, body=body, visibility=visibility, files=file_ids(request), by=actor)
    except Invalid as refusal:
        reason = next(iter(refusal.errors.values()))[0]
        values |= {"note_error": reason, "note_body": body, "note_visibility": visibility}
        return render(request, "records/_composer.html", values, status=422)
    if not wants_part(request):
        return redirect(record_type.url_of(found))
    response = render(request, "records/_composer.html", values)
    response["HX-Trigger"] = REFRESH
    return response
