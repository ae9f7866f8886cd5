from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from tenants.kernel.answers import share_models


class KernelConfig(AppConfig):
    name = "tenants.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Before any route is told; then every app's `copied.py` says what becomes of its tables in a copy."""
        share_models()
        autodiscover_modules("copied")
