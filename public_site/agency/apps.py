from django.apps import AppConfig


class AgencyConfig(AppConfig):
    name = "public_site.agency"
    label = "agency_portal"
