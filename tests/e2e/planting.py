"""What the plant scripts share. They run as processes of the stack: an open browser forbids the ORM in its thread."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up

from tenants.identity.models import User  # noqa: E402
from tests.factories import Twin, client_for  # noqa: E402


def cookie_of(user: User, host: str) -> str:
    """The session of a user who is signed in."""
    return client_for(user, host).cookies[settings.SESSION_COOKIE_NAME].value


def tell(twin: Twin, **found: str) -> None:
    """Print where to go as JSON: the last line is what `pages.plant` reads."""
    print(json.dumps({"host": twin.host, "cookie": settings.SESSION_COOKIE_NAME, **found}))
