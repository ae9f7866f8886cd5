from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "tenants.crm"
    label = "crm"
