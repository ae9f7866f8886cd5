"""A company with many contacts written by COPY, 400 of them in another town, its owner signed in."""

from tenants.crm.models import Contact
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.copying import copy_in
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make_twin
from tests.thorough import IS_THOROUGH

MANY, FEW = 20_000 if IS_THOROUGH else 5_000, 400


def main() -> Planted:
    with context.public():
        twin = make_twin("many", "Priya")
    with context.inside(twin.place, actor=robot()):
        copy_in([_contact(number) for number in range(MANY)])
        return told(twin, owner=cookie_of(twin.owner(), twin.host))


def _contact(number: int) -> Contact:
    """Job titles differ, so that putting them back must know each."""
    city = "Nashik" if number < FEW else "Pune"
    return Contact(
        first_name=f"Person {number:05}", job_title=f"Buyer {number % 7}",
        source="website", city=city,
    )  # fmt: skip
