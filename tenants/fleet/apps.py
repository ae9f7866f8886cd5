from importlib import import_module

from django.apps import AppConfig

ROOMS_WITH_OPERATIONS: tuple[str, ...] = ("lifecycle",)
"""Rooms of the fleet whose module `kinds` registers operations."""


class FleetConfig(AppConfig):
    name = "tenants.fleet"
    label = "fleet"

    def ready(self) -> None:
        for room in ROOMS_WITH_OPERATIONS:
            import_module(f"tenants.fleet.{room}.kinds")
