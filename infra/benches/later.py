"""Settings of a later release, for the fleet bench: BENCH_RELEASE names it. BENCH_STOCK: as django-tenants does."""

import os

from saas.settings import *  # noqa: F403
from saas.settings import DATABASES, INSTALLED_APPS

if release := os.environ.get("BENCH_RELEASE"):
    MIGRATION_MODULES = {"crm": f"infra.benches.migrations.{release}"}
if os.environ.get("BENCH_STOCK"):
    DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"
    DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
    INSTALLED_APPS = ["django_tenants", *INSTALLED_APPS]
