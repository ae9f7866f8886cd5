from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tenants.identity"
    label = "identity"

    def ready(self) -> None:
        from tenants.identity.remembered import watch  # models are there only now

        watch()
