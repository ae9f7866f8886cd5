"""What other rooms do when a copy has taken a company's place, or say about it before. They register here."""

from collections.abc import Callable

from tenants.directory.models import Company
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
