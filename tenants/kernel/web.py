"""Small words between server and page: toasts, dialogs, redirects that htmx understands."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse


def toast(
    response: HttpResponse, text: str, *, tone: str = "good", undo_url: str = "", events: tuple[str, ...] = ()
) -> HttpResponse:
    """Show a toast when the answer arrives; "Undo" in it posts to `undo_url`. `events` are sent to the page too."""
    told = {"toast": {"text": text, "tone": tone, "undo_url": undo_url}} | dict.fromkeys(events, True)
    response["HX-Trigger"] = json.dumps(told)
    return response


def dialog_done(url: str) -> HttpResponse:
    """Close the dialog by going to a page."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})


def wants_part(request: HttpRequest, *, of: str = "") -> bool:
    """Whether htmx asks for a part of a page (for the target `of`), not for a boosted whole one."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and (not of or htmx.target == of)
