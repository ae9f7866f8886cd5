"""The kinds of notifications, each declared once by the module that sends them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from tenants.kernel.errors import NotFound
from tenants.kernel.modules import Text, modules


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What somebody may be told of. `channels` are those that are on until the person says otherwise."""

    name: str
    label: Text
    about: Text = ""
    icon: str = "bell"
    group: Text = ""
    channels: tuple[str, ...] = ("in_app",)
    is_urgent: bool = False
    """Comes through do-not-disturb hours and is left out of digests."""
    tells_oneself: bool = False
    """Told also to the person who caused it, like a job that has ended."""
    is_shown_at_once: bool = True
    """As a toast on open pages; not where the page tells of it anyway."""
    comes_with: Text = ""
    """The module that will send it, where that is not there yet: shown, not to be chosen, not to be sent."""


def kinds() -> Mapping[str, Kind]:
    return _kinds()


def kind_named(name: str) -> Kind:
    """Raises NotFound."""
    found = _kinds().get(name)
    if not found:
        raise NotFound(f"There is no kind of notification called “{name}”.")
    return found


@cache
def _kinds() -> Mapping[str, Kind]:
    files = [import_module(module.notifications) for module in modules() if module.notifications]
    found: dict[str, Kind] = {}
    for kind in (kind for file in files for kind in file.KINDS):
        # A module that has come takes the place of what announced it.
        if kind.name in found and not found[kind.name].comes_with:
            raise ValueError(f"Two send {kind.name}")
        found[kind.name] = kind
    return found
