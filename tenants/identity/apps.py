from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tenants.identity"
    label = "identity"

    def ready(self) -> None:
        from tenants.identity import permits, remembered
        from tenants.identity.switching import index  # models are there only now

        remembered.watch()
        permits.watch()
        index.watch()
