"""A company with contacts that were spoilt, and a deleted account; its owner signed in."""

import time

from django.utils import timezone

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records import actions
from tenants.records.registry import type_named
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin


def main() -> Planted:
    with context.public():
        twin = make_twin("bygone", "Priya")
    with context.inside(twin.place, actor=robot("Maya Iyer")):
        for name in ("Asha", "Kavita"):
            make("contacts", first_name=name, last_name="Rao", city="Pune", job_title="Buyer", tags=["vip"])
        for name in ("Solar", "Wind"):
            make("accounts", name=f"{name} One", city="Pune")
        time.sleep(1)
        at = timezone.now()
        for name in ("Asha", "Kavita"):
            found = _found("contacts", first_name=name)
            actions.update_record(record=found, values={"city": "Nowhere", "tags": []}, by=robot("Careless Import"))
        actions.delete_record(record=_found("accounts", name="Solar One"), by=robot("Careless Import"))
        make("accounts", name="Rubbish Ltd")
        return told(twin, owner=cookie_of(twin.owner(), twin.host), at=at.isoformat())


def _found(type_name: str, /, **values: str) -> object:
    return type_named(type_name).model._default_manager.get(**values)
