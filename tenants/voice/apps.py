from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "tenants.voice"
    label = "voice"
