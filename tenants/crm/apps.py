from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "tenants.crm"
    label = "crm"

    def ready(self) -> None:
        from tenants.crm import waking  # registers what ends with a company

        assert waking
