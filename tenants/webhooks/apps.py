from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "tenants.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from tenants.webhooks import memory, resending  # models are there only now

        assert memory  # forgets with the others
        assert resending  # registers the job
