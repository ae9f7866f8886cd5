"""Releases of the product that do not exist: migrations of `crm` after its real ones, one folder a release.

`MIGRATION_MODULES = {"crm": "tests.fleet.upgrading.migrations.column"}` is the code of that release.
"""

from importlib import import_module
from pkgutil import iter_modules

REAL = "tenants.crm.migrations"


def after_the_real_ones(path: list[str]) -> list[str]:
    """Where a release finds its migrations."""
    return [*import_module(REAL).__path__, *path]


def last_real() -> tuple[str, str]:
    return "crm", max(found.name for found in iter_modules(import_module(REAL).__path__))
