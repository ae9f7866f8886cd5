"""Who tries: nobody, strangers, every role, keys of every scope; and how each of them asks."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from public_site.agency.key_actions import create_agency_key
from public_site.agency.models import AgencyMember, AgencyRole
from public_site.control.models import PlatformAdmin
from tenants.identity.actions import add_user, create_api_key
from tenants.identity.enums import DEFAULT_ROLES
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin, client_for
from tests.matrix.access_scene import befriend
from tests.matrix.needs import Grants, Who
from tests.records.staff import person

VERBS = ("view", "create", "edit", "delete", "export", "reveal")
SCOPES: tuple[Grants, ...] = (
    *({"*": [verb]} for verb in VERBS),
    *({"contacts": [verb]} for verb in VERBS),
    {"contacts": VERBS},
    {"settings": ["edit"]},
    {"*": VERBS, "settings": []},
)
"""Each single scope, of everything and of one type; one whole type; the settings alone; all but the settings."""


@dataclass(frozen=True)
class Asker:
    """One who asks at a host, with a session or with what the header says."""

    who: Who
    host: str
    session: str = ""
    header: str = ""

    def client(self) -> Client:
        client = Client(headers={"host": self.host} | ({"authorization": self.header} if self.header else {}))
        client.raise_request_exception = False
        if self.session:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        return client


def _with_session(who: Who, user: User, host: str) -> Asker:
    session = client_for(user, host).cookies[settings.SESSION_COOKIE_NAME].value
    return Asker(who, host, session=session)


def _with_key(who: Who, key: str, host: str) -> Asker:
    return Asker(who, host, header=f"Bearer {key}")


def _session_of(twin: Twin) -> str:
    return str(twin.signed_in().cookies[settings.SESSION_COOKIE_NAME].value)


def company_people(one: Twin, other: Twin, things: dict[str, Any]) -> list[Asker]:
    """At company A. Runs in it; `other` is the company next door."""
    found = [
        Asker(Who("anonymous"), one.host),
        Asker(Who("stranger's session"), one.host, session=_session_of(other)),
        Asker(Who("stranger's key"), one.host, header=f"Bearer {other.api_key}"),
        Asker(Who("directory", "directory"), one.host, header=f"Bearer {things['scim_token']}"),
    ]
    for slug, (_name, grants, _reaches) in DEFAULT_ROLES.items():
        user = one.owner() if slug == "owner" else person(f"{slug}@matrix.example", slug)
        befriend(one.owner(), user)
        found.append(_with_session(Who(slug, "person", slug, grants), user, one.host))
    owner, grants = one.owner(), DEFAULT_ROLES["owner"].grants
    found.append(_with_key(Who("owner's key", "key", "owner", grants), one.api_key, one.host))
    for scopes in SCOPES:
        name = "key " + ", ".join(f"{subject}:{'+'.join(verbs)}" for subject, verbs in scopes.items())
        secret = create_api_key(user=owner, name=name[:80], by=owner.actor, scopes=scopes)[1]
        found.append(_with_key(Who(name, "key", "owner", grants, scopes), secret, one.host))
    for slug in ("sales-rep", "read-only"):
        user = User.objects.select_related("role").get(email=f"{slug}@matrix.example")
        secret = create_api_key(user=user, name=slug, by=user.actor)[1]
        found.append(_with_key(Who(f"{slug}'s key", "key", slug, DEFAULT_ROLES[slug].grants), secret, one.host))
    return found


def agency_people(one: Twin, other: Twin) -> list[Asker]:
    """At agency A: its owner and staff, their keys, and those of others. Runs at the agency's door."""
    boss = AgencyMember.objects.select_related("user").get(agency=one.agency, role=AgencyRole.OWNER)
    user = add_user(email="staff@matrix.example", name="Staff", password=PASSWORD)
    staff = AgencyMember.objects.create(agency=one.agency, user=user, role=AgencyRole.STAFF)
    outsider = add_user(email="outsider@matrix.example", name="Outsider", password=PASSWORD)
    with context.inside(context.Place(schema="public", agency_id=other.agency.pk)):
        stranger = client_for(User.objects.get(email=f"boss@{other.agency.slug}.example"), other.agency_host)
    return [
        Asker(Who("anonymous"), one.agency_host),
        Asker(Who("stranger's session"), one.agency_host, session=stranger.cookies[settings.SESSION_COOKIE_NAME].value),
        Asker(Who("stranger's key"), one.agency_host, header=f"Bearer {other.agency_api_key}"),
        Asker(Who("a company's session"), one.agency_host, session=_session_of(one)),
        Asker(Who("a company's key"), one.agency_host, header=f"Bearer {one.api_key}"),
        _with_session(Who("outsider", "person", "outsider"), outsider, one.agency_host),
        _with_session(Who("agency owner", "person", "owner"), boss.user, one.agency_host),
        _with_session(Who("agency staff", "person", "staff"), user, one.agency_host),
        _with_key(Who("agency owner's key", "key", "owner"), one.agency_api_key, one.agency_host),
        _with_key(
            Who("agency staff's key", "key", "staff"),
            create_agency_key(member=staff, name="Staff", by=robot())[1],
            one.agency_host,
        ),
    ]


def platform_people(one: Twin) -> list[Asker]:
    """At the platform: its admin, somebody who works for an agency, and those of other hosts. Runs in public."""
    host = settings.PLATFORM_DOMAIN
    admin = PlatformAdmin.objects.select_related("user").get().user
    with context.inside(context.Place(schema="public", agency_id=one.agency.pk)):
        boss = User.objects.get(email=f"boss@{one.agency.slug}.example")
        elsewhere = client_for(boss, one.agency_host).cookies[settings.SESSION_COOKIE_NAME].value
    return [
        Asker(Who("anonymous"), host),
        Asker(Who("a company's session"), host, session=_session_of(one)),
        Asker(Who("a company's key"), host, header=f"Bearer {one.api_key}"),
        Asker(Who("an agency's session"), host, session=elsewhere),
        Asker(Who("an agency's key"), host, header=f"Bearer {one.agency_api_key}"),
        _with_session(Who("agency owner here", "person", "outsider"), boss, host),
        _with_session(Who("platform admin", "person", "admin"), admin, host),
    ]
