"""Run as a process of the stack: a company with its owner signed in. Prints where to go as JSON."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up

from tenants.kernel import context  # noqa: E402
from tests.factories import client_for, make_twin  # noqa: E402


def main() -> None:
    with context.public():
        twin = make_twin("palette", "Priya")
    with context.inside(twin.place):
        value = client_for(twin.owner(), twin.host).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = settings.SESSION_COOKIE_NAME
    print(json.dumps({"host": twin.host, "cookie": cookie, "value": value, "contact": str(twin.contact_id)}))


main()
