from importlib import import_module

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

ROOMS_WITH_OPERATIONS: tuple[str, ...] = (
    "upgrading",
    "commands",
    "backups",
    "restoring",
    "copies",
    "lifecycle",
)
"""Rooms of the fleet whose module `kinds` registers operations."""


class FleetConfig(AppConfig):
    name = "tenants.fleet"
    label = "fleet"

    def ready(self) -> None:
        for room in ROOMS_WITH_OPERATIONS:
            import_module(f"tenants.fleet.{room}.kinds")
        for config in apps.get_app_configs():
            if config.module and module_has_submodule(config.module, "fleet_commands"):
                import_module(f"{config.name}.fleet_commands")
