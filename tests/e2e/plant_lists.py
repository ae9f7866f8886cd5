"""Run as a process of the stack: a company with rows to list, its owner signed in. Prints where to go as JSON."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up

from tenants.kernel import context  # noqa: E402
from tenants.kernel.actors import robot  # noqa: E402
from tests.factories import client_for, make, make_twin  # noqa: E402


def main() -> None:
    with context.public():
        twin = make_twin("lists", "Priya")
    with context.inside(twin.place, actor=robot()):
        for number in range(60):
            make("contacts", first_name=f"Person {number:02}", job_title="Buyer", source="website")
            if number < 3:
                make("deals", name=f"Deal {number}", amount="1000")
        value = client_for(twin.owner(), twin.host).cookies[settings.SESSION_COOKIE_NAME].value
    print(json.dumps({"host": twin.host, "cookie": settings.SESSION_COOKIE_NAME, "value": value}))


main()
