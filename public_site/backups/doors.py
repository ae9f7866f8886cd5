"""The pages of backups stand at two faces, written once: in the control panel, and in the agency's portal."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from tenants.directory.models import Company
from tenants.kernel.web import dialog_done, wants_part

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Door:
    namespace: str
    base: str
    """The template that the pages extend."""
    guard: Callable[[View], View]
    company_of: Callable[[HttpRequest, UUID], Company]
    """The company, for whoever may see it. Raises NotFound."""


@dataclass(frozen=True)
class Asked:
    """A request about a company's backups, at one of the doors."""

    door: Door
    request: HttpRequest
    company: Company

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.door.namespace}:{name}", args=[self.company.pk, *args])

    def render(self, template: str, status: int = 200, **values: Any) -> HttpResponse:
        urls = {name.replace("-", "_"): self.url(name) for name in PLAIN}
        common = {"base": self.door.base, "company": self.company, "door": self.door.namespace, "urls": urls}
        common["company_url"] = self.url("company")
        return render(self.request, f"backups/{template}", common | values, status=status)

    def done(self, name: str = "backups") -> HttpResponse:
        """Back to the page, as a dialog or a button wants it."""
        url = self.url(name)
        return dialog_done(url) if wants_part(self.request) else redirect(url)


PLAIN = (
    "backups", "backup-rule", "copy", "copy-differences", "copy-swap", "copy-discard", "copy-records",
)  # fmt: skip
"""Routes that name nothing but the company."""


def routes(door: Door, lines: list[tuple[str, str, dict[str, View]]]) -> list[URLPattern]:
    """Paths below a company: pattern, name, and a view for each method."""
    return [
        path(f"companies/<uuid:company_id>/{pattern}", _opened(door, views), name=name)
        for pattern, name, views in lines
    ]


def _opened(door: Door, views: dict[str, View]) -> View:
    @wraps(next(iter(views.values())))
    def opened(request: HttpRequest, company_id: UUID, **rest: Any) -> HttpResponse:
        asked = Asked(door, request, door.company_of(request, company_id))
        return views[request.method or "GET"](asked, **rest)

    return require_http_methods(list(views))(door.guard(opened))
