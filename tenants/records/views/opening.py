"""Opening a list: the saved views around it, the one it stands on, and where a bare address leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Subquery
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.kernel.actors import Actor
from tenants.records.layouts.boards import board_fields
from tenants.records.layouts.calendars import day_fields
from tenants.records.layouts.listing import PLAIN, Listing
from tenants.records.layouts.maps import has_places
from tenants.records.models import Preference, SavedView
from tenants.records.preferences import list_key, preference
from tenants.records.registry import RecordType
from tenants.records.views.queries import may_change, views_for

LAYOUTS = {
    "list": (gettext_lazy("List"), "list"), "board": (gettext_lazy("Board"), "layout-kanban"),
    "calendar": (gettext_lazy("Calendar"), "calendar"), "map": (gettext_lazy("Map"), "map-pin"),
}  # fmt: skip
NEEDS: dict[str, Callable[[RecordType], Any]] = {"board": board_fields, "calendar": day_fields, "map": has_places}
"""What a type must have to be seen in a layout."""


@dataclass(frozen=True)
class Opened:
    """A list with what stands around it."""

    listing: Listing
    views: list[SavedView]
    liked: Mapping[str, Any]
    lead_url: str
    """Where the bare address leads, by a liking or a default view; empty to stay."""

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """ "All", the pinned views and the open one."""
        view = self.listing.view
        shown = [one for one in self.views if one.is_pinned or one == view]
        return [{"view": one, "url": url_of(one), "is_open": one == view} for one in shown]

    @property
    def others(self) -> list[dict[str, Any]]:
        return [
            {"view": one, "url": url_of(one)} for one in self.views if not one.is_pinned and one != self.listing.view
        ]

    @property
    def all_url(self) -> str:
        listing = self.listing
        return f"{layout_url(listing.record_type, listing.layout)}?view={PLAIN}"

    @property
    def may_change(self) -> bool:
        view = self.listing.view
        return view is not None and may_change(self.listing.actor, view)

    @property
    def layouts(self) -> list[dict[str, Any]]:
        """The layouts this type can be seen in."""
        listing, query = self.listing, self.listing.switch_query
        return [
            {"name": name, "label": words, "icon": icon, "is_now": name == listing.layout,
             "url": reverse(f"records:{name}", args=[listing.record_type.name]) + query}
            for name, (words, icon) in LAYOUTS.items() if has_layout(listing.record_type, name)
        ]  # fmt: skip


def has_layout(record_type: RecordType, name: str) -> bool:
    needs = NEEDS.get(name)
    return bool(needs(record_type)) if needs else name == "list"


def layout_url(record_type: RecordType, layout: str) -> str:
    """The address of a layout; the list's, where the type has no such layout."""
    name = layout if has_layout(record_type, layout) else "list"
    return reverse(f"records:{name}", args=[record_type.name])


def url_of(view: SavedView) -> str:
    """Where a saved view opens."""
    from tenants.records.registry import type_named

    return f"{layout_url(type_named(view.record_type), view.layout)}?view={view.pk}"


def opened(record_type: RecordType, actor: Actor, query: QueryDict, layout: str) -> Opened:
    """The list as the address, the views and the likings describe it."""
    views, liked = _views_and_likings(record_type, actor)
    wanted = query.get("view", "")
    view = next((one for one in views if str(one.pk) == wanted), None)
    listing = Listing(record_type, actor, query, view=view, liked=liked, layout=layout)
    if wanted and wanted != PLAIN and view is None:
        listing.left_out.append(_("the saved view, which is gone or not shared with you"))
    return Opened(listing, views, liked, _lead(record_type, views, liked, layout) if not query else "")


def _views_and_likings(record_type: RecordType, actor: Actor) -> tuple[list[SavedView], Mapping[str, Any]]:
    """The views with what the person likes beside each, so that one query brings both; two where no view is."""
    key = list_key(record_type.name)
    own = Preference.objects.filter(user=actor.user_id, key=key).values("value")[:1]
    views: list[Any] = list(views_for(actor, record_type).annotate(liked=Subquery(own)))
    liked = views[0].liked if views else preference(actor, key)
    return views, liked if isinstance(liked, Mapping) else {}


def _lead(record_type: RecordType, views: list[SavedView], liked: Mapping[str, Any], layout: str) -> str:
    """A person's own default view, then the company's, then the layout a person likes."""
    own = next((one for one in views if str(one.pk) == liked.get("view")), None)
    view = own or next((one for one in views if one.is_default and liked.get("view") != PLAIN), None)
    if view:
        return url_of(view)
    liked_layout = str(liked.get("layout") or layout)
    if liked_layout != layout and has_layout(record_type, liked_layout):
        return f"{layout_url(record_type, liked_layout)}?view={PLAIN}"
    return ""
