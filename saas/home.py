"""The company's dashboard: what modules count, and the steps to a good start."""

from typing import Any

from babel.dates import format_date
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenants.identity.pages import signed_in
from tenants.kernel.modules import modules
from tenants.records.locale import locale_now


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    steps = _steps()
    done = sum(step["is_done"] for step in steps)
    values = {
        "greeting": _greeting(request),
        "today": format_date(timezone.localdate(), format="full", locale=locale_now()),
        "steps": steps,
        "steps_done": done,
        "steps_left": len(steps) - done,
        "tiles": [tile for module in modules() for tile in module.tiles()],
        "lists": [found for module in modules() for found in module.lists()],
    }
    return render(request, "home/home.html", values)


def _steps() -> list[dict[str, Any]]:
    """As <c-checklist> takes them, in the order the modules say."""
    found = sorted((step for module in modules() for step in module.steps()), key=lambda step: step.order)
    return [{"title": step.label, "text": step.text, "url": step.url, "is_done": step.is_done()} for step in found]


def _greeting(request: HttpRequest) -> str:
    """By the reader's own clock."""
    hour = timezone.localtime().hour
    words = _("Good evening, %(name)s")
    if 5 <= hour < 18:
        words = _("Good morning, %(name)s") if hour < 12 else _("Good afternoon, %(name)s")
    return words % {"name": str(request.user).partition(" ")[0]}
