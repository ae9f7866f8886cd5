"""A company with rows to list, its owner signed in."""

from tests.e2e.planting import cookie_of, tell  # isort: skip - sets Django up
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import make, make_twin


def main() -> None:
    with context.public():
        twin = make_twin("lists", "Priya")
    with context.inside(twin.place, actor=robot()):
        for number in range(60):
            make("contacts", first_name=f"Person {number:02}", job_title="Buyer", source="website")
        tell(twin, owner=cookie_of(twin.owner(), twin.host))


main()
