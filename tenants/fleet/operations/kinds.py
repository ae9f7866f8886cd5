"""Kinds of operations: named steps, each safe to begin again, and the way back.

    @step(_("Taking the tables away"))
    def drop_tables(work: Work) -> None: ...

    ERASE = register(Kind(name="erase", label=_("Erase"), steps=(drop_tables, write_certificate)))

A step may be killed at any statement and is then begun anew from its first line. So it either does all in one
transaction, or first looks at what is there. What later steps need it leaves with `work.keep(...)`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from tenants.fleet.operations.running import Work

Words = str | Promise


@dataclass(frozen=True)
class Step:
    label: Words
    run: Callable[[Work], None]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`undo` clears up after a step that failed for good; it too may be begun twice."""

    name: str
    label: Words
    steps: tuple[Step, ...]
    undo: Callable[[Work], None] | None = None


_kinds: dict[str, Kind] = {}


def step(label: Words) -> Callable[[Callable[[Work], None]], Step]:
    return lambda function: Step(label, function)


def register(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def kind_named(name: str) -> Kind:
    return _kinds[name]


def kinds() -> dict[str, Kind]:
    return dict(_kinds)
