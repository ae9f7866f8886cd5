"""What a request says about itself: whose host, from where, with which browser, and where to go on."""

import re

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from tenants.directory.tenant import Tenant

LONGEST_AGENT = 200
BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def tenant_of(request: HttpRequest) -> Tenant:
    found: Tenant = request.tenant  # type: ignore[attr-defined]
    return found


def safe_next(request: HttpRequest) -> str:
    """The page that led here, if it is one of this host; else nothing."""
    return own_path(request, request.POST.get("next") or request.GET.get("next") or "")


def own_path(request: HttpRequest, wanted: str) -> str:
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else ""


def agent_of(request: HttpRequest) -> str:
    return re.sub(r"[^\x20-\x7e]", "", request.headers.get("User-Agent", ""))[:LONGEST_AGENT]


def browser_named(agent: str) -> str:
    """ "Firefox on Windows", from what a browser says of itself; it may lie."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("A program or an unknown browser")
