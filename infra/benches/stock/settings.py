"""Our apps under django-tenants' own connection, router and `TenantMixin`. No pool, no template, no context."""

import os

from saas.settings import *  # noqa: F403
from saas.settings import INSTALLED_APPS as OURS
from saas.settings import env

SHARED_APPS = ["django_tenants", "infra.benches.stock", "django.contrib.contenttypes", "django.contrib.auth"]
# All of ours are there, since their models know each other; only TENANT_APPS get tables.
INSTALLED_APPS = list(dict.fromkeys([*SHARED_APPS, *OURS]))
_database = env.database(os.environ["STOCK_DATABASE_URL"])
# Without our start in a schema that does not exist.
_options = {name: value for name, value in _database["OPTIONS"].items() if name != "options"}  # type: ignore[attr-defined]
DATABASES = {"default": _database | {"ENGINE": "django_tenants.postgresql_backend", "OPTIONS": _options}}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "stock.Client"
TENANT_DOMAIN_MODEL = "stock.ClientDomain"
MIGRATION_MODULES = {"stock": None}
LOGGING_CONFIG = None
