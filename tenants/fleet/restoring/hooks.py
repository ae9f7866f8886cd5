"""What other rooms do when a copy has taken a company's place, or say about it before. They register here."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol
from uuid import UUID

from tenants.directory.models import Company
from tenants.fleet.restoring.models import Restore
from tenants.kernel.actors import Actor
from tenants.kernel.context import Place

Swapped = Callable[[Company, Place], None]
_swapped: list[Swapped] = []


def when_swapped(function: Swapped) -> Swapped:
    """Called in public after the swap, with the place that holds what was in use before. May be called twice."""
    _swapped.append(function)
    return function


def tell_swapped(company: Company, former: Place) -> None:
    for function in _swapped:
        function(company, former)


class Picker(Protocol):
    def __call__(
        self, *, company: Company, restore: Restore, wanted: list[tuple[str, UUID]], by: Actor
    ) -> Sequence[Any]: ...


_pickers: list[Picker] = []


def pick_with(function: Picker) -> Picker:
    """Who brings single records out of a copy: the room that knows what a record is."""
    _pickers.append(function)
    return function


def pick(*, company: Company, restore: Restore, wanted: list[tuple[str, UUID]], by: Actor) -> Sequence[Any]:
    return _pickers[-1](company=company, restore=restore, wanted=wanted, by=by)
