"""`plant_access <slug>`: a company with two who leave, two who stay, records of the former; its owner signed in."""

from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin
from tests.records.people import colleague


def main(slug: str) -> Planted:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place, actor=robot()):
        for name in ("Asha Rao", "Kabir Mehta"):
            colleague(name)
        for name, city in (("Maya Iyer", "Pune"), ("Rohan Patil", "Nashik")):
            leaver = colleague(name)
            for number in range(3):
                make("contacts", first_name=f"{city} {number}", city=city, owner=leaver.pk)
        return told(twin, owner=cookie_of(twin.owner(), twin.host))
