"""The calendar of a type, and moving its records to another day."""

import json
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import toast
from tenants.records import actions
from tenants.records.layouts.calendars import calendar_of, day_field, day_fields, moved_to
from tenants.records.locale import day as day_text
from tenants.records.pages.lists import bar_values, framed
from tenants.records.queries import record_for
from tenants.records.registry import RecordType
from tenants.records.views.opening import opened


@require_GET
def calendar(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    found = opened(record_type, context.actor(), request.GET, "calendar")
    if found.lead_url:
        return HttpResponseRedirect(found.lead_url)
    listing, shown = found.listing, calendar_of(found.listing)
    spans = [("month", _("Month")), ("week", _("Week")), ("agenda", _("Agenda"))]
    values = bar_values(found) | {
        "calendar": shown, "day_fields": day_fields(record_type),
        "previous_url": listing.url(day=shown.previous.isoformat()),
        "next_url": listing.url(day=shown.next.isoformat()), "today_url": listing.url(day=""),
        "spans": [
            (name, words, listing.url(span=name if name != "month" else ""), name == shown.span)
            for name, words in spans
        ],
    }  # fmt: skip
    return framed(request, "records/calendar.html", values)


@require_POST
def reschedule(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A record dragged to another day; a moment keeps its time of day. A toast can undo it."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    asked = request.POST if "day" in request.POST else request.GET
    field = day_field(record_type, asked.get("on", ""))
    before = field.to_api(found)
    try:
        wanted = date.fromisoformat(asked.get("day", ""))
    except ValueError as error:
        raise Invalid({"day": [_("Write a day as year-month-day, like 2026-11-30.")]}) from error
    actions.update_record(record=found, values={field.name: moved_to(field, found, wanted)}, by=actor)
    is_undo = asked is request.GET
    undo_url = ""
    if before and not is_undo:
        day_before = timezone.localtime(before).date() if isinstance(before, datetime) else before
        undo_url = f"{request.path}?{urlencode({'on': field.name, 'day': day_before.isoformat()})}"
    text = _("%(name)s is now on %(day)s.") % {"name": found, "day": day_text(wanted)}
    response = toast(HttpResponse(status=204), text, undo_url=undo_url)
    if is_undo:
        response["HX-Trigger"] = json.dumps(json.loads(response["HX-Trigger"]) | {"listing:refresh": True})
    return response
