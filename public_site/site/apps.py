from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "public_site.site"
    label = "site"
