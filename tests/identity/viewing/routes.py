"""Every page address of the company face, with something written into its gaps."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

from tests.factories import Twin

GAPS = {"uuid": "{contact}", "slug": "x", "str": "x", "record_type": "contacts", "int": "1", "path": "x"}


def company_paths(twin: Twin) -> list[str]:
    """Each path of the URL list once; the API has its own document."""
    found = dict.fromkeys(_walk(get_resolver("saas.urls.company"), "/"))
    filled = (path.replace("{contact}", str(twin.contact_id)) for path in found)
    return [path for path in filled if not path.startswith(("/api/", "/static/", "/scim/", "/hooks/"))]


def _walk(resolver: Any, start: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        path = start + _filled(str(one.pattern))
        if hasattr(one, "url_patterns"):
            yield from _walk(one, path)
        else:
            yield path


def _filled(pattern: str) -> str:
    parts = pattern.split("<")
    return parts[0] + "".join(_gap(part) for part in parts[1:])


def _gap(part: str) -> str:
    inside, _sign, rest = part.partition(">")
    return GAPS.get(inside.partition(":")[0], "x") + rest
