from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "tenants.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Every app's `copied.py` says what becomes of its tables in a copy."""
        autodiscover_modules("copied")
