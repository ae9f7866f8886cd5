"""`manage.py fleet <verb>`: what is done to all companies. Each verb is a module of `tenants.fleet.fleet_verbs`."""

from types import ModuleType
from typing import Any, ClassVar

from tenants.fleet import fleet_verbs
from tenants.fleet.management.commands import company
from tenants.fleet.verbs.base import Verb


class Command(company.Command):
    help = "Keep the schemas of companies in the shape of the code, and mend many companies at once."
    verbs: ClassVar[ModuleType] = fleet_verbs
    # They would load every page of the house; the fleet is looked at more often than that.
    requires_system_checks: Any = []

    def others(self) -> dict[str, type[Verb]]:
        return {}
