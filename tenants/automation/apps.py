from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "tenants.automation"
    label = "automation"

    def ready(self) -> None:
        from tenants.automation.backtesting import kind  # a kind of job
        from tenants.automation.engine import hints  # registers what ends with a company

        assert kind
        assert hints
