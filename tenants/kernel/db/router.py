"""Which app's tables live where: SHARED_APPS in public, TENANT_APPS in each company."""

from typing import Any

from django.apps import apps
from django.conf import settings

from tenants.kernel import context


class PlaceRouter:
    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        """Refuse what does not belong into the schema entered."""
        in_public = context.place().schema == context.PUBLIC_SCHEMA
        wanted = settings.SHARED_APPS if in_public else settings.TENANT_APPS
        return None if apps.get_app_config(app_label).name in wanted else False
