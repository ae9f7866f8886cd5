"""What a module offers the house. The house asks modules; it never names one.

Each app may have a `module.py` with a `module = Module(...)`. Deleting the
folder and its line in settings takes everything it offered away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

Text = str | Promise
Seed = Callable[[Mapping[str, str]], None]


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """A line of the company's navigation; hidden from actors who may not view the subject."""

    label: Text
    url: str
    icon: str
    section: Text
    order: int = 100
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class QuickAction:
    """A button on a record page. `method` "dialog" opens the URL in a dialog, "post" sends it, "link" follows it."""

    label: Text
    icon: str
    url: str
    method: str = "dialog"
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A card in the right column of a record page: what belongs to the record.

    `items` are drawn as lines, or by a `template` of the module, which gets them as `items`.
    """

    label: Text
    items: Iterable[Any]
    add_url: str = ""
    add_label: Text = ""
    template: str = ""
    count: int | None = None
    """How many there are, where `items` are only the first."""
    all_url: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line of the onboarding checklist."""

    label: Text
    text: Text
    url: str
    is_done: Callable[[], bool]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A figure on the dashboard, leading to the rows behind it."""

    label: Text
    value: Text
    hint: Text = ""
    url: str = ""
    icon: str = ""


@dataclass(frozen=True, kw_only=True)
class ShortList:
    """A few rows on the dashboard, given to a template of the module as `items`."""

    label: Text
    template: str
    items: Iterable[Any]
    url: str = ""


def _nothing(_: Any) -> Any:
    return ()


@dataclass(frozen=True, kw_only=True)
class Module:
    name: str
    label: Text
    nav: tuple[NavItem, ...] = ()
    settings_nav: tuple[NavItem, ...] = ()
    """Its tabs beside the company's settings."""
    urls: str = ""
    """Dotted path of its URL list on the company face."""
    hook_urls: str = ""
    """Dotted path of its inbound webhooks, mounted at /hooks/ on every face."""
    routers: tuple[tuple[str, str], ...] = ()
    """(prefix, dotted path of a ninja Router), mounted below /api/v1."""
    seed: Seed = field(default=lambda facts: None)
    """Plants the first rows of a new company; told currency, country, owner_email, owner_name."""
    quick_actions: Callable[[Any], Iterable[QuickAction]] = _nothing
    panels: Callable[[Any], Iterable[Panel]] = _nothing
    timeline: Callable[[Any], Iterable[Any]] = _nothing
    """For a record: its newest timeline entries of this module (records.timeline.Entry)."""
    steps: Callable[[], Iterable[Step]] = tuple
    tiles: Callable[[], Iterable[Tile]] = tuple
    lists: Callable[[], Iterable[ShortList]] = tuple
    events: tuple[Any, ...] = ()
    """What happens in it beyond created, updated and the like of records (records.outbox.catalogue.EventKind)."""
    automation: str = ""
    """Dotted path of a file with `TRIGGERS` and `ACTIONS` for workflows (automation.catalogue)."""
    notifications: str = ""
    """Dotted path of a file with `KINDS` of notifications (notifications.kinds.Kind)."""
    demo: str = ""
    """Dotted path of `load(facts)`, which fills a demo company through the module's own actions."""


@cache
def modules() -> tuple[Module, ...]:
    """All modules, in the order of INSTALLED_APPS."""
    found = []
    for config in apps.get_app_configs():
        if config.module and module_has_submodule(config.module, "module"):
            found.append(import_module(f"{config.name}.module").module)
    return tuple(found)
