"""Workflows to begin with: a recipe is a definition of the actions that are there, to be made one's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tenants.automation.catalogue import offered_recipes
from tenants.kernel.errors import NotFound
from tenants.kernel.modules import Text


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """`definition` is asked for anew each time: it may name rows of the company, like its stages."""

    name: str
    label: Text
    about: Text
    icon: str = "book"
    definition: Callable[[], dict[str, Any]]
    needs: tuple[str, ...] = ()
    """Settings that only a person can fill in: places like `steps[1].params.users`."""


@cache
def recipes() -> Mapping[str, Recipe]:
    return {one.name: one for one in offered_recipes()}


def recipe_named(name: str) -> Recipe:
    """Raises NotFound."""
    found = recipes().get(name)
    if not found:
        raise NotFound(f"There is no recipe called “{name}”.")
    return found
