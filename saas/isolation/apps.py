from django.apps import AppConfig


class IsolationConfig(AppConfig):
    name = "saas.isolation"
    label = "isolation"

    def ready(self) -> None:
        from saas.isolation import kinds  # operations ask for models

        assert kinds  # registers the operation
