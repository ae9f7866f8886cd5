from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RecordsConfig(AppConfig):
    name = "tenants.records"
    label = "records"

    def ready(self) -> None:
        """Every app's `records.py` registers its types, `carried.py` what goes with them, `deployed.py` what a
        sandbox gives back, `receivers.py` consumers.
        """
        autodiscover_modules("records", "carried", "deployed", "receivers")
        from tenants.records.restoring import actions  # models are there only now

        assert actions  # brings records out of restored copies
