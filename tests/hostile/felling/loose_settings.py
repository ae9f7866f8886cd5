"""Settings that `check --deploy` and the cookies' test have to object to."""

from saas.settings import *  # noqa: F403 - a settings module

SESSION_COOKIE_SECURE = False
SESSION_COOKIE_DOMAIN = ".example"
SECURE_HSTS_SECONDS = 0
