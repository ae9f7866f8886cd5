from django.apps import AppConfig


class AgencyConfig(AppConfig):
    name = "public_site.agency"
    label = "agency_portal"

    def ready(self) -> None:
        from public_site.agency import doors, endings  # register themselves, once the models are there

        assert doors
        assert endings
