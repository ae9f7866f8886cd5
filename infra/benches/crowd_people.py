"""Many small companies, and ways into each. Import after Django is set up."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import close_old_connections, connection
from django.test import Client

from infra.benches.crowd import API, PAGE, Door
from infra.benches.load import Refused
from infra.benches.memory import own_mb
from infra.benches.people import session_of
from infra.benches.rows import Filler
from tenants.directory.actions import activate_agency, create_agency
from tenants.directory.queries import company_tenant
from tenants.fleet.actions import create_company
from tenants.identity.actions import create_api_key
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot

MAKERS = 2


@dataclass
class Visits:
    """What one connection came to that was led through all companies."""

    largest_mb: float = 0.0
    connections: int = 0


class Crowd:
    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.doors: list[Door] = []
        with context.public(actor=robot("Bench")):
            self.agency = create_agency(name="Crowd", slug="crowd")
            activate_agency(agency=self.agency)

    def grow(self, count: int) -> None:
        """Until there are so many companies. Two make them, since one waits for the server half the time."""
        with ThreadPoolExecutor(MAKERS) as makers:
            self.doors += makers.map(self._made, range(len(self.doors), count))

    def _made(self, number: int) -> Door:
        with context.public(actor=robot("Bench")):
            door = self._company(number)
        close_old_connections()  # as after a request
        return door

    def _company(self, number: int) -> Door:
        company = create_company(
            agency=self.agency, name=f"Company {number}", slug=f"company-{number}", country="IN",
            owner_email="owner@company.example", by=robot("Bench"),
        )  # fmt: skip
        door = company_tenant(company.pk)
        with context.inside(door.place, actor=robot("Bench")):
            owner = User.objects.get(role__slug="owner")
            filler = Filler(lambda names: {})
            filler.fill(self.rows)
            key = create_api_key(user=owner, name="Bench", by=robot("Bench"))[1]
            session = session_of(door, owner)
            return door.canonical_host, {PAGE: {"Cookie": session}, API: {"Authorization": f"Bearer {key}"}}

    def visit_all(self) -> Visits:
        """The list page of every company over this process's one connection, closed when the house closes it."""
        connection.close()
        found, seen = Visits(), 0
        for host, keys in self.doors:
            # A test client keeps connections open; a server looks at them after each request.
            answer = Client(headers={"host": host, "cookie": keys[PAGE]["Cookie"]}).get(PAGE)
            if answer.status_code != 200:
                raise Refused(f"{PAGE} at {host}: {answer.status_code}")
            pid = connection.connection.info.backend_pid
            found.connections += pid != seen
            found.largest_mb, seen = max(found.largest_mb, own_mb(pid)), pid
            close_old_connections()
        return found

    def largest_backend_mb(self) -> float:
        """The largest of the web server's connections; ours is closed for it."""
        with context.public(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            return max((own_mb(pid) for (pid,) in cursor.fetchall()), default=0.0)
