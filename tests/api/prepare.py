"""A company to be asked at random: run in an environment whose database is its own.

Prints host, key and the ids of some records as one line of JSON.
"""

import json
from typing import Any

import django

django.setup()

from tenants.kernel import context  # noqa: E402 - Django has to be set up first
from tenants.kernel.actors import robot  # noqa: E402
from tenants.records.registry import record_types  # noqa: E402
from tests.factories import Twin, make, make_twin  # noqa: E402

ROWS = 6


def main() -> None:
    with context.public(actor=robot()):
        twin = make_twin("alpha", "ALPHA")
        with context.inside(twin.place, actor=robot()):
            _fill(twin)
            ids = {found.name: _ids(found.model) for found in record_types()}
            ids["users"] = [str(twin.owner().pk)]
    print(json.dumps({"host": twin.host, "key": twin.api_key, "ids": ids}))


def _ids(model: Any) -> list[str]:
    return [str(pk) for pk in model._default_manager.values_list("pk", flat=True)[: 2 * ROWS]]


def _fill(twin: Twin) -> None:
    """A few records of the types that others point at."""
    for number in range(ROWS):
        account = make("accounts", name=f"Account {number}", city="Pune")
        contact = make("contacts", first_name=f"Person {number}", account=account.pk, email=f"p{number}@x.example")
        deal = make("deals", name=f"Deal {number}", account=account.pk, contact=contact.pk, amount=str(number * 100))
        make("tasks", name=f"Task {number}", about_type="deals", about_id=deal.pk)


if __name__ == "__main__":
    main()
