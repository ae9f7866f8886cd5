"""`plant_company <slug>`: a company with its owner signed in."""

import sys

from tests.e2e.planting import cookie_of, tell  # isort: skip - sets Django up
from tenants.kernel import context
from tests.factories import make_twin


def main(slug: str) -> None:
    with context.public():
        twin = make_twin(slug, "Priya")
    with context.inside(twin.place):
        tell(twin, owner=cookie_of(twin.owner(), twin.host), contact=str(twin.contact_id))


main(sys.argv[1])
