"""`plant_twice <slug>`: a company with two contacts twice, each with a deal of its own; its owner signed in."""

from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin


def main(slug: str) -> Planted:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place, actor=robot()):
        for name in ("Asha", "Kavita"):
            _twice(name)
        return told(twin, owner=cookie_of(twin.owner(), twin.host))


def _twice(name: str) -> None:
    """The first is fuller, the second newer."""
    first = make(
        "contacts",
        first_name=name,
        last_name="Rao",
        email=f"{name.lower()}@old.example",
        city="Pune",
        job_title="Buyer",
        tags=["fair"],
    )
    second = make(
        "contacts", first_name=name, last_name="Rao", email=f"{name.lower()}@new.example", city="Nashik", tags=["vip"]
    )
    for contact, word in ((first, "roof"), (second, "battery")):
        make("deals", name=f"{name} {word}", contact=contact.pk, amount="1000")
