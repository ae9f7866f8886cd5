"""`plant_company <slug>`: a company with its owner signed in."""

from tenants.kernel import context
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make_twin


def main(slug: str) -> Planted:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place):
        return told(twin, owner=cookie_of(twin.owner(), twin.host), contact=str(twin.contact_id))
