"""The map of a type."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from tenants.kernel import context
from tenants.records.layouts.maps import map_of
from tenants.records.pages.lists import bar_values, framed
from tenants.records.registry import RecordType
from tenants.records.views.opening import layout_url, opened


@require_GET
def world(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    found = opened(record_type, context.actor(), request.GET, "map")
    if found.lead_url:
        return HttpResponseRedirect(found.lead_url)
    shown = map_of(found.listing)
    list_url = layout_url(record_type, "list")
    spots = [spot.as_json | {"url": list_url + spot.list_url} for spot in shown.spots]
    return framed(request, "records/map.html", bar_values(found) | {"map": shown, "spots": spots})
