"""Saving, managing and shaping views; columns, widths and density of a list."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Invalid
from tenants.kernel.web import toast
from tenants.records.enums import ViewAudience
from tenants.records.layouts.boards import board_field, card_fields
from tenants.records.layouts.grouping import can_group
from tenants.records.layouts.listing import DENSITIES, MOST_CARD_FIELDS, NOTHING, Listing
from tenants.records.models import SavedView
from tenants.records.pages.filters import goes_to
from tenants.records.preferences import like_list
from tenants.records.registry import RecordType
from tenants.records.views import actions
from tenants.records.views.opening import layout_url, opened, url_of
from tenants.records.views.queries import may_change, may_share, teams_of, view_for


def _listing(request: HttpRequest, record_type: RecordType) -> Listing:
    query = request.GET.copy()
    layout = query.pop("layout", ["list"])[0]
    return opened(record_type, context.actor(), query, layout).listing


def _told(response: HttpResponse, text: str, *, undo_url: str = "", events: tuple[str, ...] = ()) -> HttpResponse:
    """A toast beside whatever the answer already says."""
    said = response.get("HX-Trigger", "")
    toast(response, text, undo_url=undo_url)
    more = (*events, "dialog:close") if said == "dialog:close" else events
    response["HX-Trigger"] = json.dumps(json.loads(response["HX-Trigger"]) | dict.fromkeys(more, True))
    return response


@require_http_methods(["GET", "POST"])
def save_as(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """A new view of what is shown: its name, and who sees it."""
    listing = _listing(request, record_type)
    if request.method == "GET":
        return _form(request, record_type, None, {"name": "", "audience": ViewAudience.PRIVATE, "is_pinned": True}, {})
    given = _given(request)
    try:
        view = actions.create_view(record_type=record_type, values={**listing.shape, **given}, by=listing.actor)
    except Invalid as error:
        return _form(request, record_type, None, given, error.errors)
    return _told(goes_to(url_of(view)), _("The view “%(name)s” is saved.") % {"name": view})


@require_POST
def save(request: HttpRequest, record_type: RecordType, view_id: UUID) -> HttpResponse:
    """Keep in the view what is shown now."""
    listing = _listing(request, record_type)
    view = view_for(listing.actor, view_id, record_type)
    actions.update_view(view=view, values=listing.shape, by=listing.actor)
    return _told(goes_to(url_of(view_for(listing.actor, view_id))), _("The view “%(name)s” is saved.") % {"name": view})


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, record_type: RecordType, view_id: UUID) -> HttpResponse:
    """Name, icon, who sees it, pinned, default."""
    actor = context.actor()
    view = view_for(actor, view_id, record_type)
    if request.method == "GET":
        given = {name: getattr(view, name) for name in ("name", "audience", "is_pinned", "is_default")}
        return _form(request, record_type, view, given | {"team": str(view.team_id or "")}, {})
    given = _given(request)
    try:
        actions.update_view(view=view, values=given, by=actor)
    except Invalid as error:
        return _form(request, record_type, view, given, error.errors)
    return _told(HttpResponse(status=204), _("Saved."), events=("dialog:close", "listing:refresh"))


def _given(request: HttpRequest) -> dict[str, Any]:
    data = request.POST
    given: dict[str, Any] = {
        "name": data.get("name", ""), "audience": data.get("audience", ViewAudience.PRIVATE),
        "is_pinned": "is_pinned" in data,
    }  # fmt: skip
    if given["audience"] == ViewAudience.TEAM:
        given["team"] = data.get("team", "")
    return given | {"is_default": "is_default" in data and given["audience"] == ViewAudience.PUBLIC}


def _form(
    request: HttpRequest, record_type: RecordType, view: SavedView | None, given: dict[str, Any], errors: Any
) -> HttpResponse:
    actor = context.actor()
    audiences = [(value, label) for value, label in ViewAudience.choices if value != "public" or may_share(actor)]
    teams = teams_of(actor)
    values = {
        "type": record_type, "view": view, "given": given, "errors": errors, "action_url": request.get_full_path(),
        "audiences": [one for one in audiences if one[0] != "team" or teams], "teams": teams,
        "may_share": may_share(actor), "all_errors": [m for name, found in errors.items() for m in found],
    }  # fmt: skip
    return render(request, "records/view_form.html", values, status=422 if errors else 200)


@require_GET
def manage(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """All views of a type: rename, share, pin, order, delete."""
    return _manage(request, record_type)


def _manage(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    found = opened(record_type, context.actor(), request.GET, "list")
    rows = [
        {"view": view, "url": url_of(view), "may_change": may_change(found.listing.actor, view),
         "is_mine": str(view.pk) == found.liked.get("view")}
        for view in found.views
    ]  # fmt: skip
    return render(request, "records/views.html", {"type": record_type, "rows": rows, "liked": found.liked})


@require_POST
def pin(request: HttpRequest, record_type: RecordType, view_id: UUID) -> HttpResponse:
    actor = context.actor()
    view = view_for(actor, view_id, record_type)
    actions.update_view(view=view, values={"is_pinned": not view.is_pinned}, by=actor)
    return _refreshed(_manage(request, record_type))


@require_POST
def begin_with(request: HttpRequest, record_type: RecordType, view_id: UUID) -> HttpResponse:
    """Start with this view whenever the type is opened; once more takes that back."""
    actor = context.actor()
    view = view_for(actor, view_id, record_type)
    liked = opened(record_type, actor, request.GET, "list").liked
    is_off = liked.get("view") == str(view.pk)
    like_list(type_name=record_type.name, by=actor, view=None if is_off else str(view.pk))
    return _manage(request, record_type)


@require_POST
def order(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    ids = []
    for text in request.POST.get("ids", "").split(","):
        try:
            ids.append(UUID(text))
        except ValueError as error:
            raise Invalid({"ids": ["Give the ids of views, with commas between."]}) from error
    actions.order_views(record_type=record_type, ids=ids, by=context.actor())
    return _refreshed(HttpResponse(status=204))


@require_POST
def delete(request: HttpRequest, record_type: RecordType, view_id: UUID) -> HttpResponse:
    actor = context.actor()
    view = view_for(actor, view_id, record_type)
    actions.delete_view(view=view, by=actor)
    undo_url = reverse("records:view-restore", args=[record_type.name, view_id])
    text = _("The view “%(name)s” is deleted.") % {"name": view}
    return _told(_refreshed(_manage(request, record_type)), text, undo_url=undo_url, events=("listing:refresh",))


@require_POST
def restore(request: HttpRequest, record_type: RecordType, view_id: UUID) -> HttpResponse:
    view = actions.restore_view(view_id=view_id, by=context.actor())
    text = _("The view “%(name)s” is back.") % {"name": view}
    return _told(HttpResponse(status=204), text, events=("listing:refresh",))


def _refreshed(response: HttpResponse) -> HttpResponse:
    response["HX-Trigger"] = json.dumps({"listing:refresh": True})
    return response


@require_http_methods(["GET", "POST"])
def options(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Which fields the list shows, in which order; how dense it is; by what it is grouped."""
    listing = _listing(request, record_type)
    if request.method == "POST":
        return shape(request, listing)
    is_board = listing.layout == "board"
    shown = _on_cards(listing) if is_board else listing.columns
    title = record_type.title
    rest = [name for name in record_type.open_fields if name not in shown and not (is_board and name == title)]
    values = {
        "type": record_type, "listing": listing, "state": f"layout={listing.layout}&{listing.own_query}",
        "fields": [(record_type.fields[name], name in shown, name == title) for name in [*shown, *rest]],
        "densities": list(zip(DENSITIES, (_("Compact"), _("Normal"), _("Roomy")), strict=True)),
        "groupable": [one for one in record_type.fields.values() if can_group(one)], "is_board": is_board,
        "draws_own": record_type.has_own_card, "most": MOST_CARD_FIELDS,
        "has_own": any(listing.liked.get(name) for name in ("columns", "widths", "card_fields")),
    }  # fmt: skip
    return render(request, "records/options.html", values)


def _on_cards(listing: Listing) -> list[str]:
    return [one.name for one in card_fields(listing, board_field(listing.record_type, listing.by))]


def shape(request: HttpRequest, listing: Listing) -> HttpResponse:
    """Columns go to the person's likings, or into the address where a saved view is open."""
    record_type, data, changes = listing.record_type, request.POST, dict[str, Any]()
    if data.get("density") in DENSITIES:
        like_list(type_name=record_type.name, by=listing.actor, density=data["density"])
    if "reset" in data:
        forgotten = dict.fromkeys(("columns", "widths", "density", "card_fields"))
        like_list(type_name=record_type.name, by=listing.actor, **forgotten)
    elif "columns" in data and listing.layout == "board":
        changes |= _shape_cards(listing, data["columns"].split(","))
    elif "columns" in data:
        names = [name for name in data.get("columns", "").split(",") if name in record_type.open_fields]
        if listing.view:
            changes["columns"] = ",".join(dict.fromkeys([record_type.title, *names]))
        else:
            like_list(type_name=record_type.name, by=listing.actor, columns=names or None)
    if "group" in data:
        changes["group"] = data["group"]
    # Without a view the likings have just changed: the address must not hold on to the old ones.
    query = listing.url(**changes) if listing.view else listing.url(**changes, columns="", cards="")
    return goes_to(layout_url(record_type, listing.layout) + query)


def _shape_cards(listing: Listing, names: list[str]) -> dict[str, str]:
    """What a board's cards show: kept for the type's boards, or in the address of the view that is open."""
    known = [name for name in names if name in listing.record_type.open_fields]
    if len(known) > MOST_CARD_FIELDS:
        words = _("Choose at most %(most)d fields; a card that shows everything shows nothing.")
        raise Invalid({"columns": [words % {"most": MOST_CARD_FIELDS}]})
    if listing.view:
        return {"cards": ",".join(known) or NOTHING}
    like_list(type_name=listing.record_type.name, by=listing.actor, card_fields=known or None)
    return {}


@require_POST
def widths(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Column widths a person has dragged: kept for the list, or for the view that is open."""
    listing = _listing(request, record_type)
    name, text = request.POST.get("name", ""), request.POST.get("width", "")
    if name not in record_type.fields or not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise Invalid({"width": [_("Give a field and its width in pixels.")]})
    width = max(60, min(800, int(text)))
    if listing.view:
        every = dict(listing.liked.get("view_widths") or {})
        key = str(listing.view.pk)
        every[key] = {**dict(every.get(key) or {}), name: width}
        like_list(type_name=record_type.name, by=listing.actor, view_widths=dict(list(every.items())[-30:]))
    else:
        own = {**dict(listing.liked.get("widths") or {}), name: width}
        like_list(type_name=record_type.name, by=listing.actor, widths=own)
    return HttpResponse(status=204)


@require_POST
def layout(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Start with this layout whenever the type is opened."""
    name = request.POST.get("layout", "")
    like_list(type_name=record_type.name, by=context.actor(), layout=name if name in actions.LAYOUTS else None)
    return toast(HttpResponse(status=204), _("This page opens like this from now on."))
