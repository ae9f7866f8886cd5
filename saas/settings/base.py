"""Apps, database, middleware: the composition of the house."""

import os

from saas.settings import env

BASE_DIR = env.BASE_DIR
DATA_DIR = env.DATA_DIR
DEBUG = env.text("DEBUG") == "1"
SECRET_KEY = env.secret_key()

PLATFORM_DOMAIN = env.text("PLATFORM_DOMAIN", "localhost")
PLATFORM_NAME = "OmniFlow"
SCHEME = env.text("SCHEME", "https" if env.IS_PRODUCTION else "http")
PORT = env.number("PORT", 8000)
SANDBOX_URL = env.text("SANDBOX_URL")
IS_TEST = env.ENV == "test"
IS_PRODUCTION = env.IS_PRODUCTION
# The host middleware knows every host by its row and answers 404 to the rest.
ALLOWED_HOSTS = ["*"]

# Tables in public only, and tables in every company's schema; identity lives in both.
SHARED_APPS = [
    "tenants.kernel",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "tenants.identity",
    "tenants.directory",
    "tenants.fleet",
    "billing.plans",
    "public_site.agency",
    "public_site.site",
    "public_site.control",
]
TENANT_APPS = [
    "tenants.kernel",
    "tenants.identity",
    "tenants.records",
    "tenants.notifications",
    "tenants.webhooks",
    "tenants.automation",
    "tenants.crm",
    "tenants.invoicing",
    "tenants.voice",
]
INSTALLED_APPS = [
    "saas.demo",
    "saas.isolation",
    *dict.fromkeys([*SHARED_APPS, *TENANT_APPS]),
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
]
MODULES = ["tenants.crm", "tenants.invoicing", "tenants.voice"]

MIDDLEWARE = [
    "tenants.kernel.middleware.RequestIds",
    "saas.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "saas.faces.Faces",
    "saas.shares.Shares",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenants.identity.middleware.Actors",
    "tenants.identity.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "saas.policies.Policies",
    "django_htmx.middleware.HtmxMiddleware",
    "saas.idempotency.Idempotency",
    "saas.problems.Problems",
]
ROOT_URLCONF = "saas.urls.platform"
WSGI_APPLICATION = "saas.wsgi.application"

DATABASES = {"default": env.database(os.environ.get("DATABASE_URL", "postgresql:///omniflow"))}
DATABASE_ROUTERS = ["tenants.kernel.db.router.PlaceRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "tenants.kernel.cache.Cache",
        "LOCATION": REDIS_URL,
        # A Redis that hangs must not hold the web's threads.
        "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 2},
        "KEY_FUNCTION": "tenants.kernel.cache.salted_key",
    }
}

# django-tenants' backend reads these two; hosts are resolved by tenants.directory.
TENANT_MODEL = "directory.Company"
TENANT_DOMAIN_MODEL = "directory.Domain"

AUTH_USER_MODEL = "identity.User"
# E-mails are unique by Lower("email"), which the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["tenants.identity.backends.PasswordBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
SESSION_ENGINE = "tenants.identity.sessions"
# Longer than any company's rules allow: those end sessions earlier.
SESSION_COOKIE_AGE = 90 * 24 * 60 * 60
BREACHED_PASSWORDS = env.text("BREACHED_PASSWORDS")
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
LOGIN_URL = "/sign-in/"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("bg", "Български"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

MEDIA_ROOT = DATA_DIR / "files"
IMPORT_MOST_BYTES: int = env.number("IMPORT_MOST_MB", 100) * 1024 * 1024
PACKAGE_MOST_BYTES: int = env.number("PACKAGE_MOST_MB", 20_000) * 1024 * 1024
PACKAGE_MOST_UNPACKED_BYTES: int = env.number("PACKAGE_MOST_UNPACKED_MB", 200_000) * 1024 * 1024
IMPORT_SHEET_ORIGINS = ["https://docs.google.com"]
EMAIL_BACKEND = "tenants.kernel.mail.Backend"
EMAIL_URL = env.text("EMAIL_URL", "file:")
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", f"no-reply@{PLATFORM_DOMAIN}")

READY_POOL_SIZE = env.number("READY_POOL_SIZE", 5)
# At once in a migration of the fleet; the work is the database server's, so more than its cores do not help.
FLEET_WORKERS = env.number("FLEET_WORKERS", 4)
