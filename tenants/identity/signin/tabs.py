"""What stands below the tab “Sign-in” of the settings."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _


def inner_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    root = reverse("sign-in-policy")
    shown = [
        (_("Rules"), root),
        (_("Single sign-on"), reverse("sso-settings")),
        (_("Directories"), reverse("scim-clients")),
        (_("History"), reverse("sign-in-history")),
    ]
    here = request.path
    return [
        {"label": label, "url": url, "is_active": here == url or (url != root and here.startswith(url))}
        for label, url in shown
    ]
