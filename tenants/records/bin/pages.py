"""The recycle bin of all types."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tenants.kernel import context
from tenants.kernel.errors import Denied
from tenants.records.bin import actions
from tenants.records.bin.queries import bin_types, page_of_bin

ROWS = 50


@require_GET
def bin(request: HttpRequest) -> HttpResponse:
    """What was deleted, newest first; `type` and `q` narrow it."""
    actor = context.actor()
    types = bin_types(actor)
    if not types:
        raise Denied(_("You may not delete records, so there is no bin for you."))
    kind, text = request.GET.get("type", ""), request.GET.get("q", "")[:200]
    rows, more = page_of_bin(actor, kind=kind, text=text, after=request.GET.get("after", ""), limit=ROWS)
    query = {name: value for name, value in (("type", kind), ("q", text)) if value}
    values = {
        "rows": rows, "types": types, "kind": kind, "text": text, "days": settings.BIN_DAYS,
        "next": f"?{urlencode(query | {'after': more})}" if more else "", "first": f"?{urlencode(query)}",
        "is_later": "after" in request.GET, "can_purge": actor.may("edit", "settings"),
    }  # fmt: skip
    return render(request, "bin/bin.html", values)


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    return _done(request, actions.restore_many, "%(n)s record is back.", "%(n)s records are back.")


@require_POST
def purge(request: HttpRequest) -> HttpResponse:
    return _done(request, actions.purge_many, "%(n)s record is gone for good.", "%(n)s records are gone for good.")


def _done(request: HttpRequest, act: Callable[..., Any], one: str, many: str) -> HttpResponse:
    done, refused = act(keys=request.POST.getlist("keys"), by=context.actor())
    words = ngettext(one, many, done) % {"n": done}
    if refused:
        messages.warning(request, f"{words} {' '.join(dict.fromkeys(refused))}"[:500])
    else:
        messages.success(request, words)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(reverse("records:bin"))
