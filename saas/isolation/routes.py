"""Every way into a face, found at run time: a new route is attacked from its first night on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"
ANY_METHOD = ("GET", "POST")
"""A view that names no methods answers both."""
STEP = re.compile(r"<(?:\w+:)?(\w+)>|{(?:\w+:)?(\w+)}")
"""A part of a path that is filled in, in the spelling of pages or of the API."""


@dataclass(frozen=True)
class Route:
    """A path with the methods it answers."""

    name: str
    path: str
    methods: tuple[str, ...]
    is_api: bool = False
    converters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[str, ...]:
        """Names of the parts that are filled in."""
        return tuple(one or other for one, other in STEP.findall(self.path))


def walk(
    resolver: URLResolver, before: str = "", names: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], URLPattern]]:
    """Every pattern below a resolver, with its whole path and the names of the rooms on the way."""
    for one in resolver.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from walk(one, path, (*names, one.namespace) if one.namespace else names)
        else:
            yield path, names, one


def methods_of(view: Any) -> tuple[str, ...]:
    """What its `require_…` decorator (or SCIM's `door`) lets in; HEAD is GET."""
    while view is not None:
        inside = dict(zip(view.__code__.co_freevars, view.__closure__ or (), strict=True))
        for name in ("request_method_list", "methods"):
            if name in inside:
                return tuple(one for one in inside[name].cell_contents if one != "HEAD")
        view = getattr(view, "__wrapped__", None)
    return ANY_METHOD


def pages_of(urlconf: str) -> Iterator[Route]:
    for path, names, pattern in walk(get_resolver(urlconf)):
        if not path.startswith(API):
            name = ":".join([*names, pattern.name]) if pattern.name else path
            converters = getattr(pattern.pattern, "converters", {})
            yield Route(name, path, methods_of(pattern.callback), converters=converters)


def operations_of(document: Mapping[str, Any]) -> Iterator[Route]:
    """From the API document, as it is given out."""
    for path, methods in document.get("paths", {}).items():
        name = next(iter(methods.values())).get("operationId", path)
        yield Route(name, path.removeprefix("/"), tuple(method.upper() for method in methods), is_api=True)
