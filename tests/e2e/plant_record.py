"""Run as a process of the stack: a company with two people and a few records. Prints where to go as JSON."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up

from tenants.identity.actions import add_user  # noqa: E402
from tenants.identity.teams import create_team  # noqa: E402
from tenants.kernel import context  # noqa: E402
from tenants.kernel.actors import robot  # noqa: E402
from tests.factories import client_for, make_twin  # noqa: E402


def main() -> None:
    with context.public():
        twin = make_twin("recordpage", "Priya")
    with context.inside(twin.place, actor=robot()):
        owner = twin.owner()
        owner.name = "Asha Rao"
        owner.save()
        colleague = add_user(email="kabir@recordpage.example", name="Kabir Mehta", role="sales-rep")
        create_team(name="Field sales", members=[colleague.pk], leaders=[owner.pk], by=robot())
        cookies = [
            client_for(user, twin.host).cookies[settings.SESSION_COOKIE_NAME].value for user in (owner, colleague)
        ]
    told = {
        "host": twin.host,
        "cookie": settings.SESSION_COOKIE_NAME,
        "owner": cookies[0],
        "colleague": cookies[1],
        "contact": str(twin.contact_id),
        "account": str(twin.account_id),
        "deal": str(twin.deal_id),
    }
    print(json.dumps(told))


main()
