"""A company with eight deals in the first stage, its owner signed in."""

from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make, make_twin


def main() -> Planted:
    with context.public():
        twin = make_twin("board", "Priya")
    with context.inside(twin.place, actor=robot()):
        for number in range(7):
            make("deals", name=f"Deal {number}", amount="1000")
        return told(twin, owner=cookie_of(twin.owner(), twin.host))
