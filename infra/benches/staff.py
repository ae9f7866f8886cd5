"""The people of the access bench: twenty in four teams, one of them a rep with rules. Import after Django is set up."""

import secrets
from dataclasses import dataclass

from infra.benches.people import session_of
from infra.benches.site import Site
from infra.benches.works import Works
from tenants.crm.models import Contact
from tenants.directory.queries import company_tenant
from tenants.identity.actions import add_user, create_api_key
from tenants.identity.models import Role, Team, TeamMember, User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Rule

PEOPLE, TEAMS = 20, 4
REACHES = {"*": {"view": "team", "edit": "team", "delete": "own"}}
HIDDEN = {"contacts": {"email": "hidden", "phone": "hidden", "custom.score": "read_only"}}
RULES = (
    ("Golden customers", "contacts", {"field": "custom.tier", "op": "is", "value": "gold"}),
    ("Everybody in Pune", "contacts", {"field": "city", "op": "is", "value": "Pune"}),
    ("Directors", "contacts", {"field": "job_title", "op": "contains", "value": "Director"}),
)


@dataclass(frozen=True)
class Asker:
    key: dict[str, str]
    cookie: dict[str, str]


class Staffed:
    """The works with people: before it grows, so that they own what comes."""

    def __init__(self, site: Site) -> None:
        self.works = Works(site)
        with context.inside(self.works.people.place, actor=robot("Bench")):
            role = Role.objects.create(
                name="Rep", slug="bench-rep", grants={"*": ["view", "create", "edit", "delete"]},
                reaches=REACHES, field_rules=HIDDEN,
            )  # fmt: skip
            people = [_person(number, role) for number in range(PEOPLE)]
            for name, record_type, tree in RULES:
                Rule.objects.create(name=name, record_type=record_type, filter=tree, role=role)
            self.works.filler.owners = [one.pk for one in people]
            self.person = people[0]
            key = create_api_key(user=self.person, name="Rep", by=robot())[1]
        people_of = self.works.people
        door = company_tenant(people_of.place.company_id)
        self.rep = Asker(_bearer(key), {"Cookie": session_of(door, self.person)})
        self.owner = Asker(_bearer(people_of.company_key), {"Cookie": people_of.company_session})

    def note(self) -> str:
        from tenants.identity.permits import permit_of  # kept for some seconds: to be made when all is there
        from tenants.kernel.actors import Actor
        from tenants.records.queries import visible_to
        from tenants.records.registry import type_named

        with context.inside(self.works.people.place, actor=robot("Bench")):
            permit = permit_of(self.person)
            actor = Actor(kind="user", user_id=self.person.pk, grants=permit.lent_grants, permit=permit)
            seen = visible_to(actor, type_named("contacts")).count()
            return (
                f"The rep sees {seen:,} of {Contact.objects.count():,} contacts by team and {len(permit.rules)} rules."
            )


def _person(number: int, role: Role) -> User:
    user = add_user(
        email=f"rep{number}@works.example", name=f"Rep {number}", role=role.slug, password=secrets.token_urlsafe(16)
    )
    team, _is_new = Team.objects.get_or_create(name=f"Team {number % TEAMS}")
    TeamMember.objects.create(team=team, user=user)
    return user


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
