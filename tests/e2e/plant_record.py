"""A company with two people and a few records."""

from tenants.identity.actions import add_user
from tenants.identity.teams import create_team
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.e2e.gardener import Planted
from tests.e2e.planting import cookie_of, told
from tests.factories import make_twin


def main() -> Planted:
    with context.public():
        twin = make_twin("recordpage", "Priya")
    with context.inside(twin.place, actor=robot()):
        owner = twin.owner()
        owner.name = "Asha Rao"
        owner.save()
        colleague = add_user(email="kabir@recordpage.example", name="Kabir Mehta", role="manager")
        create_team(name="Field sales", members=[colleague.pk], leaders=[owner.pk], by=robot())
        return told(
            twin,
            owner=cookie_of(owner, twin.host),
            colleague=cookie_of(colleague, twin.host),
            contact=str(twin.contact_id),
            account=str(twin.account_id),
            deal=str(twin.deal_id),
        )
