from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "tenants.identity"
    label = "identity"

    def ready(self) -> None:
        from tenants.identity import endings, permits, remembered, restored  # models are there only now
        from tenants.identity.auditing.writing import audit
        from tenants.identity.handing import kind
        from tenants.identity.switching import index
        from tenants.kernel.trust import write_with

        assert kind  # registers the job
        assert restored  # listens for swaps
        assert endings  # registers what ends with a company
        remembered.watch()
        permits.watch()
        index.watch()
        write_with(audit)
