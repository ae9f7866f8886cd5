"""Who runs the platform."""

from django.db import models

from tenants.kernel.models import Row


class PlatformAdmin(Row):
    user = models.OneToOneField("identity.User", models.CASCADE, related_name="platform_admin")

    def __str__(self) -> str:
        return str(self.user)
