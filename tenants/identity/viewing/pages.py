"""Beginning to view as a member, and leaving."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.identity.access import signed_in
from tenants.identity.models import User
from tenants.identity.queries import user_by_id
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.viewing.inside import MINUTES, begin, end, viewing_of
from tenants.identity.viewing.rules import check_view_as
from tenants.kernel import context
from tenants.kernel.errors import Conflict, Denied, DomainError, Invalid, NotFound
from tenants.kernel.web import dialog_done, wants_part


@require_http_methods(["GET", "POST"])
@signed_in
def ask(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """For how long; a good answer begins it."""
    seen, refusal, status = user_by_id(user_id), "", 200
    try:
        if request.method == "POST":
            begin(request, seen=seen, minutes=_minutes(request), by=context.actor())
            return dialog_done("/") if wants_part(request) else redirect("/")
        assert isinstance(request.user, User)
        check_view_as(request.user, seen)
    except (Conflict, Denied, Invalid, NotFound) as error:
        refusal, status = str(error.detail), _status(request, error)
    values = {"seen": seen, "choices": MINUTES, "refusal": refusal, "tabs": settings_tabs(request)}
    template = "identity/view_as.html"
    return render(request, f"{template}#dialog" if wants_part(request) else template, values, status=status)


def _status(request: HttpRequest, error: DomainError) -> int:
    """A dialog says no in words; what was sent is refused with its status."""
    if wants_part(request):
        return 422 if request.method == "POST" else 200
    return error.status


def _minutes(request: HttpRequest) -> int:
    text = request.POST.get("minutes", "")
    return int(text) if text.isascii() and text.isdigit() else 0


@require_POST
@signed_in
def leave(request: HttpRequest) -> HttpResponse:
    found = viewing_of(request)
    if found:
        end(request, found, how="left")
        messages.success(request, _("You are yourself again."))
    return redirect("people")
