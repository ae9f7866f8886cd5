"""The living style guide: every component in every state, light and dark, in any brand.

Each file in templates/styleguide/ named below holds examples as partials; a partial is rendered
and shown with its own source, so what stands on the page is what one copies.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString

from tenants.kernel.ui import samples
from tenants.kernel.ui.brand_css import brand_css, contrast_report
from tenants.kernel.ui.colours import normal_hex

SECTIONS = ("foundations", "buttons", "labels", "surfaces", "lists", "board", "record", "forms", "overlays", "feedback")
DEFAULT_BRAND = "#4b45d6"
_EXAMPLE = re.compile(r"{% partialdef (\w+) %}{# (.+?) #}\n(.*?)\n{% endpartialdef %}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One partial of a section's file."""

    template: str
    title: str
    source: str


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; `?brand=` paints it, `?theme=` is light, dark or both, `?show=` answers the demos."""
    if (show := request.GET.get("show")) == "toast":
        return _toast()
    if show == "dialog":
        return render(request, "styleguide/_dialog.html", {"form": samples.SampleForm()})
    if show == "css":
        return HttpResponse(brand_css(_brand(request)), content_type="text/css")
    return render(request, "styleguide/index.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    theme = request.GET.get("theme", "both")
    themes = [theme] if theme in ("light", "dark") else ["light", "dark"]
    return {
        "colour": _brand(request),
        "theme": theme,
        "checks": contrast_report(_brand(request)),
        "sections": [_section(request, name, themes) for name in SECTIONS],
        "brands": samples.BRANDS,
    }


def _section(request: HttpRequest, name: str, themes: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "examples": [
            {
                "title": example.title,
                "source": example.source,
                "panes": [(theme, _rendered(request, example, theme)) for theme in themes],
            }
            for example in examples_in(name)
        ],
    }


def _rendered(request: HttpRequest, example: Example, theme: str) -> SafeString:
    return render_to_string(example.template, samples.context(theme), request)


@cache
def examples_in(section: str) -> list[Example]:
    name = f"styleguide/{section}.html"
    template: Any = get_template(name)
    text = Path(template.origin.name).read_text()
    return [
        Example(template=f"{name}#{found[1]}", title=found[2], source=found[3]) for found in _EXAMPLE.finditer(text)
    ]


def _brand(request: HttpRequest) -> str:
    try:
        return normal_hex(request.GET.get("brand", DEFAULT_BRAND))
    except ValueError:
        return DEFAULT_BRAND


def _toast() -> HttpResponse:
    toast = {"text": "Deal moved to Proposal sent", "tone": "good", "undo_url": "?show=toast"}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast})})
