from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "tenants.voice"
    label = "voice"

    def ready(self) -> None:
        from tenants.voice import endings, open_companies  # register what ends with a company

        assert endings
        assert open_companies
