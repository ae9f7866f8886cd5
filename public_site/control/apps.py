from django.apps import AppConfig


class ControlConfig(AppConfig):
    name = "public_site.control"
    label = "control"

    def ready(self) -> None:
        from public_site.control import doors  # registers itself, once the models are there

        assert doors
