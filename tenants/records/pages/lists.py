"""The list of a type: rows, groups of rows, the total that comes later, a preview."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from tenants.kernel import context
from tenants.kernel.ui.filling import filled
from tenants.records.cells import cell, title_cell
from tenants.records.fields import Field
from tenants.records.layouts.grouping import condition_for, empty_slot, figures_of, first_rows, slots_of
from tenants.records.layouts.listing import NO_VALUE, Listing
from tenants.records.locale import moment, number
from tenants.records.past.reading import reading
from tenants.records.queries import record_for, with_links
from tenants.records.registry import RecordType
from tenants.records.timeline import by_day, timeline_of
from tenants.records.views.opening import Opened, opened, url_of

GROUP_ROWS = 10
MOST_GROUPS = 15
PREVIEW_ENTRIES = 6
LONG = ("file", "json", "address", "rich_text", "long_text")
ROW = (
    '<tr data-id="{}"><td class="pick"><label><input class="tick" type="checkbox" name="ids" value="{}" data-pick '
    'aria-label="{}"></label></td>{}<td class="fill wide"></td></tr>'
)
ROW_THEN = '<tr data-id="{}">{}<td class="fill wide"></td></tr>'
TOOLS = {"board": "records/_board_tools.html", "calendar": "records/_calendar_tools.html"}


@require_GET
def rows(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The list; a bare address leads to the view or layout a person starts with."""
    found = opened(record_type, context.actor(), request.GET, "list")
    if found.lead_url:
        return HttpResponseRedirect(found.lead_url)
    listing = found.listing
    if listing.at:
        return _as_it_was(request, found, listing.at)
    values = bar_values(found) | {"groups": _groups(listing)} if listing.group else bar_values(found)
    if not listing.group:
        values |= {"rows": drawn(listing, listing.page.items), "count_text": _count_text(listing)}
    return framed(request, "records/list.html", values)


def _as_it_was(request: HttpRequest, found: Opened, at: datetime) -> HttpResponse:
    """The list as of a moment: to read only."""
    listing = found.listing
    with reading(at):
        values = bar_values(found) | {"rows": drawn(listing, listing.page.items)}
        words = count_words(listing.total, listing.record_type)
    values |= {"may": dict.fromkeys(values["may"], False), "count_text": words, "when": moment(at)}
    return framed(request, "past/list.html", values)


def framed(request: HttpRequest, template: str, values: dict[str, Any]) -> HttpResponse:
    """A layout in its page; to a page that only puts another listing in place, the listing alone."""
    htmx = request.htmx  # type: ignore[attr-defined]
    is_alone = htmx.target == "listing" and not htmx.history_restore_request
    response = render(request, f"{template}#listing" if is_alone else template, values)
    patch_vary_headers(response, ("HX-Target", "HX-History-Restore-Request"))
    return response


def bar_values(found: Opened) -> dict[str, Any]:
    """What the frame of every layout needs."""
    listing = found.listing
    actor, record_type = listing.actor, listing.record_type
    return {
        "type": record_type, "listing": listing, "opened": found, "layout": listing.layout,
        "may": {verb: actor.may(verb, record_type.name) for verb in ("create", "edit", "delete", "export")},
        "group_field": record_type.fields.get(listing.group), "ungrouped_url": listing.url(group=""),
        "reset_url": url_of(listing.view) if listing.view else "", "layout_tools": TOOLS.get(listing.layout, ""),
    }  # fmt: skip


def drawn(listing: Listing, items: Any) -> list[SafeString]:
    """Rows with their cells, drawn here: four hundred turns of a template's loop would be half of the page's time."""
    record_type, fields = listing.record_type, listing.fields
    title = record_type.fields[record_type.title]
    with_links(record_type, items, [one.name for one in fields])
    opens = [_opening(listing, one) for one in fields]
    found = []
    pick = _("Choose %(what)s")
    for row, second in zip(items, record_type.subtitles_of(items), strict=True):
        url = listing.url_of(row)
        shown = (title_cell(record_type, row, second, url) if one is title else cell(one, row) for one in fields)
        # Both parts are safe: the openings are ours, and cells escape what they show.
        cells = mark_safe("".join(f"{start}{one}</td>" for start, one in zip(opens, shown, strict=True)))  # noqa: S308 - see above
        if listing.at:
            found.append(filled(ROW_THEN, row.pk, cells))
        else:
            found.append(filled(ROW, row.pk, row.pk, pick % {"what": row}, cells))
    return found


def _opening(listing: Listing, field: Field) -> str:
    may_edit = listing.actor.may("edit", listing.record_type.name) and is_editable(listing.record_type, field)
    may_edit = may_edit and not listing.at
    css = " ".join([*(["right"] if field.is_numeric else []), *(["wide"] if listing.is_wide(field) else [])])
    return f'<td{" data-edit" if may_edit else ""} class="{css}">'


def is_editable(record_type: RecordType, field: Field) -> bool:
    """Whether a cell can be changed where it stands: long things have a page of their own."""
    return field.name in record_type.writable and field.kind not in LONG


def _count_text(listing: Listing) -> str:
    """The total in words, or nothing where the table is big: it comes with a second request."""
    return "" if listing.is_big else count_words(listing.total, listing.record_type)


def count_words(total: int, record_type: RecordType) -> str:
    name = record_type.singular if total == 1 else record_type.label.lower()
    return ngettext("%(n)s %(name)s", "%(n)s %(name)s", total) % {"n": number(total), "name": name}


@require_GET
def total(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The total of a big list, asked for when its rows already stand."""
    listing = opened(record_type, context.actor(), request.GET, "list").listing
    words = count_words(listing.total, record_type)
    return HttpResponse(format_html('<span id="total" data-total="{}">{}</span>', listing.total, words))


def _groups(listing: Listing) -> dict[str, Any]:
    """Groups with their counts and first rows: three queries."""
    field = listing.record_type.fields[listing.group]
    figures = figures_of(listing.rows, listing.record_type, field)
    biggest = sorted((key for key in figures if key), key=lambda key: -figures[key].count)[:MOST_GROUPS]
    slots = [slot for slot in slots_of(field, only=biggest) if slot.value in biggest]
    slots += [empty_slot(field)] if "" in figures else []
    every = len(slots)
    slots = [slot for slot in slots if (slot.value or NO_VALUE) not in listing.hidden_groups]
    first = first_rows(listing.rows, field, slots, listing.order.keys(False), GROUP_ROWS)
    groups = [
        {
            "hide_url": listing.hiding(slot.value),
            "slot": slot, "count": number(figures[slot.value].count), "rows": drawn(listing, first[slot.value]),
            "more": max(0, figures[slot.value].count - GROUP_ROWS),
            "list_url": listing.with_condition(condition_for(field, slot.value)) + "&group=",
        }
        for slot in slots
    ]  # fmt: skip
    return {
        "shown": groups, "hidden": len(figures) - every, "put_away": every - len(slots), "field": field,
        "text": count_words(sum(one.count for one in figures.values()), listing.record_type),
    }  # fmt: skip


@require_GET
def group_rows(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """The next rows of one group: `value` names it, `after` is where the last ones ended."""
    listing = opened(record_type, context.actor(), request.GET, "list").listing
    field = record_type.fields.get(listing.group)
    if field is None:
        return HttpResponse(status=204)
    value = request.GET.get("value", "")
    within = dict(condition_for(field, value))
    inner = Listing(record_type, listing.actor, request.GET, view=listing.view, liked=listing.liked)
    inner.tree = {"all": [*inner.conditions, within]}
    skip = max(0, min(2000, int(request.GET.get("skip", "0") or 0))) if request.GET.get("skip", "0").isdecimal() else 0
    found = list(inner.rows.order_by(*inner.order.keys(False))[skip : skip + 51])
    values = {
        "type": record_type, "listing": listing, "rows": drawn(listing, found[:50]), "value": value,
        "more": len(found) > 50, "skip": skip + 50,
    }  # fmt: skip
    return render(request, "records/_group_rows.html", values)


@require_GET
def preview(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """A record sliding over the list, without leaving it."""
    found = record_for(context.actor(), record_type, record_id)
    names = dict.fromkeys([*record_type.asked, "owner", *record_type.extra])
    fields = [record_type.fields[name] for name in names if name in record_type.fields and name != record_type.title]
    shown = [(field, cell(field, found)) for field in fields]
    values = {
        "type": record_type, "record": found, "subtitle": record_type.subtitle_of(found),
        "properties": [(field, drawn) for field, drawn in shown if drawn],
        "days": by_day(list(timeline_of(found, length=PREVIEW_ENTRIES))),
        "label": _("%(type)s %(name)s") % {"type": record_type.singular, "name": found},
    }  # fmt: skip
    return render(request, "records/_preview.html", values)
