"""A company with rows to list, its owner signed in."""

from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin


def main() -> Planted:
    with context.public():
        twin = make_twin("lists", "Priya")
    with context.inside(twin.place, actor=robot()):
        for number in range(60):
            make("contacts", first_name=f"Person {number:02}", job_title="Buyer", source="website")
        return told(twin, owner=cookie_of(twin.owner(), twin.host))
