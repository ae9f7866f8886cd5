"""Settings of a release that does not exist: the one that LATER_RELEASE names."""

import os

from saas.settings import *  # noqa: F403 - a settings module

MIGRATION_MODULES = {"crm": f"tests.fleet.upgrading.migrations.{os.environ['LATER_RELEASE']}"}
