"""Every way into the three faces: pages from the URL map, operations from the API document."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import get_resolver

from saas.isolation.routes import API, methods_of, walk

FACES = ("company", "agency", "platform")
DOCUMENTS = Path(__file__).resolve().parents[2] / "infra" / "docs" / "api"
TYPES = {
    "<record_type:record_type>": ("contacts", "deals"),
    "<teamed_type:record_type>": ("accounts", "deals"),
}
"""Pages of any record type are asked for these; the API document names each type's operations by itself."""


@dataclass(frozen=True)
class Route:
    """One method of one path; `name` is the operation's id, or the method and the page's name (and type)."""

    face: str
    name: str
    method: str
    path: str
    is_api: bool = False


@cache
def routes(face: str) -> tuple[Route, ...]:
    return (*_pages(face), *_operations(face))


def _pages(face: str) -> Iterator[Route]:
    for path, names, pattern in walk(get_resolver(f"saas.urls.{face}")):
        if path.startswith(API) and "openapi.json" not in path:
            continue  # ninja's: the document names them
        name = ":".join([*names, pattern.name]) if pattern.name else path
        for method in methods_of(pattern.callback):
            yield from _each_type(Route(face, f"{method} {name}", method, path))


def _each_type(route: Route) -> Iterator[Route]:
    for step, types in TYPES.items():
        if step in route.path:
            for one in types:
                yield Route(route.face, f"{route.name} {one}", route.method, route.path.replace(step, one))
            return
    yield route


def _operations(face: str) -> Iterator[Route]:
    """From the committed document, which `tests/records/test_openapi.py` holds equal to the one that is given out."""
    file = DOCUMENTS / f"{face}.json"
    paths = json.loads(file.read_text())["paths"] if file.is_file() else {}
    for path, methods in paths.items():
        for method, operation in methods.items():
            yield Route(face, operation["operationId"], method.upper(), path.removeprefix("/"), is_api=True)
