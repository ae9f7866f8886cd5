"""What every page's frame needs: brand, tenant, navigation."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from public_site.agency.access import open_urls
from public_site.navigation import AGENCY, CONTROL
from saas.policies import live_url
from tenants.directory.enums import Face
from tenants.identity.settings_tabs import settings_tabs
from tenants.identity.support.inside import inside
from tenants.kernel import context
from tenants.kernel.modules import NavItem, modules


def shell(request: HttpRequest) -> dict[str, Any]:
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return {}
    return {
        "brand": tenant.brand,
        "tenant": tenant,
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "support_visit": SimpleLazyObject(lambda: inside(request)),
        "viewing": getattr(request, "viewing", None),
        "standings": SimpleLazyObject(lambda: context.actor().permit.standings),
        "live_url": live_url(request),
        "theme": request.COOKIES.get("theme", "auto"),
        # Settings pages of rooms below identity cannot ask for them themselves.
        "tabs": SimpleLazyObject(lambda: settings_tabs(request)),
    }


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Sections with the items this actor may open, in the order the modules say."""
    actor = context.actor()
    items = [item for item in _items(request) if not item.subject or actor.may("view", item.subject)]
    here = _nearest(request.path, [item.url for item in items])
    sections: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(items, key=lambda one: one.order):
        entry = {
            "label": str(item.label),
            "url": item.url,
            "icon": item.icon,
            "is_active": item.url == here,
        }
        sections.setdefault(str(item.section), []).append(entry)
    return [{"label": label, "items": entries} for label, entries in sections.items()]


def _items(request: HttpRequest) -> list[NavItem]:
    face = request.tenant.face  # type: ignore[attr-defined]
    if face == Face.COMPANY:
        return [HOME, *(item for module in modules() for item in module.nav)]
    if face == Face.AGENCY:
        urls = open_urls(request)
        return [item for item in AGENCY if item.url in urls]
    return list(CONTROL)


def _nearest(path: str, urls: Sequence[str]) -> str:
    """The entry the page lies under; of two, the one that says more of its address."""
    over = [url for url in urls if path == url or _is_over(url.removesuffix("board/"), path)]
    return max(over, key=len, default="")


def _is_over(base: str, path: str) -> bool:
    return base not in ("/", "/control/") and path.startswith(base)


HOME = NavItem(label=_("Home"), url="/", icon="layout-dashboard", section="", order=10)
