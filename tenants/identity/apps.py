from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tenants.identity"
    label = "identity"

    def ready(self) -> None:
        from tenants.identity import permits, remembered  # models are there only now
        from tenants.identity.handing import kind

        assert kind  # registers the job
        remembered.watch()
        permits.watch()
