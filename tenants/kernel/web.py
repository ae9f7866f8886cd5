"""Small words between server and page: toasts, dialogs, redirects that htmx understands."""

import json
from typing import Any

from django.http import HttpResponse


def toast(response: HttpResponse, text: str, *, tone: str = "good", undo: dict[str, Any] | None = None) -> HttpResponse:
    """Show a toast when the answer arrives; `undo` is a URL and the values to post to it."""
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "tone": tone, "undo": undo}})
    return response


def dialog_done(url: str) -> HttpResponse:
    """Close the dialog by going to a page."""
    return HttpResponse(status=204, headers={"HX-Redirect": url})
