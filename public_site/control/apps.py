from django.apps import AppConfig


class ControlConfig(AppConfig):
    name = "public_site.control"
    label = "control"
