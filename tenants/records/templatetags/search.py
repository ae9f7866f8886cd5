"""Tags of the palette."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from tenants.records.search.palette import says

register = template.Library()
MOST_PAGES = 6


@register.simple_tag
def pages_saying(nav: Iterable[Mapping[str, Any]], tabs: Iterable[Mapping[str, Any]], text: str) -> list[Any]:
    """The pages that the frame leads to and the text speaks of; without a text, those of the navigation."""
    main = [item for section in nav or () for item in section["items"]]
    if not text:
        return main
    found = {item["url"]: item for item in (*main, *(tabs or ())) if says(str(item["label"]), text)}
    return list(found.values())[:MOST_PAGES]
