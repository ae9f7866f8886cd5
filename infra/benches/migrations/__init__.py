"""Releases for the fleet bench: each has the migrations of those before it and some more, all of `crm`."""

from importlib import import_module
from pkgutil import iter_modules

REAL = "tenants.crm.migrations"
RELEASES = ("column", "index", "expanded", "forgotten", "dropped")
HERE = "infra.benches.migrations"


def path_of(release: str, own: list[str]) -> list[str]:
    """Where a release finds its migrations: the product's, those of the releases before, and its own."""
    before = RELEASES[: RELEASES.index(release)][-1:]
    return [*import_module(f"{HERE}.{before[0]}" if before else REAL).__path__, *own]


def last_real() -> tuple[str, str]:
    return "crm", max(found.name for found in iter_modules(import_module(REAL).__path__))
