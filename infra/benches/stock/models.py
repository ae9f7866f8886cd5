from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):  # type: ignore[misc]
    name = models.CharField(max_length=120)
    auto_create_schema = True

    class Meta:
        app_label = "stock"

    def __str__(self) -> str:
        return str(self.name)


class ClientDomain(DomainMixin):  # type: ignore[misc]
    class Meta:
        app_label = "stock"
