"""Pages of apps and tokens: whole, or the part that a dialog asks for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.identity.settings_tabs import settings_tabs
from tenants.kernel.web import wants_part


def draw(
    request: HttpRequest, template: str, values: dict[str, Any], status: int = 200, part: str = ""
) -> HttpResponse:
    name = f"{template}#{part}" if part and wants_part(request) else template
    return render(request, name, values | {"tabs": settings_tabs(request)}, status=status)
