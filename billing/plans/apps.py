from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "billing.plans"
    label = "plans"

    def ready(self) -> None:
        from billing.plans import limits  # registers itself, once the models are there

        assert limits
