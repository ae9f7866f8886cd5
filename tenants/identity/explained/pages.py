"""“Who can see this?” on every record: all members, and one person's chain."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenants.identity.explained.queries import may_ask_about_all, member_of, members_of
from tenants.identity.viewing.rules import may_begin
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.kernel.web import wants_part
from tenants.records.queries import record_for
from tenants.records.registry import RecordType

MOST_PAGES = 10_000


@require_GET
def members(request: HttpRequest, record_type: RecordType, record_id: UUID) -> HttpResponse:
    """Everybody who works here; who may not ask about others sees their own chain."""
    actor = context.actor()
    found = record_for(actor, record_type, record_id)
    if not may_ask_about_all(actor):
        return _one(request, record_type, found, actor.user_id)
    text = request.GET.get("q", "")[:200].replace("\x00", "")
    page = members_of(actor, found, text=text, page=_page(request.GET.get("page", "")))
    values = {"type": record_type, "record": found, "members": page, "text": text}
    part = "rows" if wants_part(request, of="access-rows") else "more" if "page" in request.GET else ""
    return render(request, f"explained/members.html{'#' + part if part else ''}", values)


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PAGES else 1


@require_GET
def member(request: HttpRequest, record_type: RecordType, record_id: UUID, user_id: UUID) -> HttpResponse:
    return _one(request, record_type, record_for(context.actor(), record_type, record_id), user_id)


def _one(request: HttpRequest, record_type: RecordType, record: Any, user_id: UUID | None) -> HttpResponse:
    actor = context.actor()
    if user_id is None:
        raise NotFound
    found = member_of(actor, record, user_id)
    labels = {
        "view": _("See"), "edit": _("Change"), "delete": _("Delete"), "export": _("Export"),
        "reveal": _("Read confidential fields"),
    }  # fmt: skip
    values = {
        "type": record_type, "record": record, "member": found, "is_me": user_id == actor.user_id,
        "verbs": [(labels[one.verb], one) for one in found.verbs], "asks_all": may_ask_about_all(actor),
        "may_view_as": user_id != actor.user_id and may_begin(actor),
    }  # fmt: skip
    return render(request, "explained/member.html", values)
