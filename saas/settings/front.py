"""Templates and static files."""

from saas.settings import env

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [env.BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "saas.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "tenants.kernel.templatetags.ui",
            ],
        },
    }
]
COTTON_DIR = "components"
# A component sees what it is given, nothing of the page around it.
COTTON_ISOLATE_BY_DEFAULT = True
STATIC_URL = "/static/"
STATIC_ROOT = env.DATA_DIR / "static"
STATICFILES_DIRS = [env.BASE_DIR / "static-build"]
STORAGES = {
    "default": {"BACKEND": "tenants.kernel.storage.WalledStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if env.ENV == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = env.ENV == "test"
WHITENOISE_MAX_AGE = 60 * 60
# The largest file that may be kept with a record.
FILE_MOST_MEGABYTES = env.number("FILE_MOST_MB", 50)
# How long deleted records wait in the recycle bin.
BIN_DAYS = env.number("BIN_DAYS", 30)
# How long a closed company may be taken back before it is erased.
ERASE_DAYS = env.number("ERASE_DAYS", 30)
# How long a former address leads on to the one in use, and how long it is kept back for nobody after that.
MOVED_HOST_DAYS = env.number("MOVED_HOST_DAYS", 90)
TOMBSTONE_DAYS = env.number("TOMBSTONE_DAYS", 90)
# How long audit entries are kept; 0: for ever.
AUDIT_DAYS = env.number("AUDIT_DAYS", 730)
