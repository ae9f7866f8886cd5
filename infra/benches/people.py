"""An agency and a company with contacts for a bench, and ways in. Import after Django is set up."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest

from public_site.agency.models import AgencyMember, AgencyRole
from tenants.directory.actions import activate_agency, create_agency, update_brand
from tenants.directory.models import Agency
from tenants.directory.queries import agency_tenant, company_tenant
from tenants.directory.tenant import Tenant
from tenants.fleet.actions import create_company
from tenants.identity.actions import add_user, create_api_key
from tenants.identity.models import User
from tenants.identity.sessions import SessionStore
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.context import Place
from tenants.records.actions import create_record
from tenants.records.registry import type_named

BACKEND = "tenants.identity.backends.PasswordBackend"


@dataclass(frozen=True)
class People:
    agency_host: str
    company_host: str
    agency_session: str
    company_session: str
    company_key: str
    place: Place


def people_with(rows: int) -> People:
    """A company of `rows` contacts, its owner signed in and with a key; the agency's owner signed in."""
    return people_after(lambda: _contacts(rows))


def people_after(fill: Callable[[], None], *, slug: str = "bench") -> People:
    """The same with what `fill` writes, called inside the company. `slug` is the agency's."""
    with context.public(actor=robot("Bench")):
        agency = create_agency(name="Bench", slug=slug)
        activate_agency(agency=agency)
        Agency.objects.filter(pk=agency.pk).update(plan="enterprise")  # nobody measures a quota
        update_brand(agency=agency, product_name="Bench")
        company = create_company(
            agency=agency, name="Works", slug="works", country="IN", owner_email="owner@works.example", by=robot()
        )
        staff = add_user(email=f"boss@{slug}.example", name="Boss", password=secrets.token_urlsafe(16))
        AgencyMember.objects.create(agency=agency, user=staff, role=AgencyRole.OWNER)
        agency_door, company_door = agency_tenant(agency.pk), company_tenant(company.pk)
        with context.inside(company_door.place, actor=robot()):
            owner = User.objects.get(role__slug="owner")
            fill()
            key = create_api_key(user=owner, name="Bench", by=robot())[1]
        sessions = session_of(agency_door, staff), session_of(company_door, owner)
        return People(agency_door.canonical_host, company_door.canonical_host, *sessions, key, company_door.place)


@transaction.atomic
def _contacts(rows: int) -> None:
    accounts = [_make("accounts", name=f"Account {number}", city="Pune") for number in range(max(rows // 10, 1))]
    for number in range(rows):
        account = accounts[number % len(accounts)]
        _make(
            "contacts",
            first_name="Priya",
            last_name=f"Nair {number}",
            account=account,
            email=f"p{number}@works.example",
        )


def _make(type_name: str, **values: Any) -> Any:
    return create_record(record_type=type_named(type_name), values=values, by=robot())


def session_of(door: Tenant, user: User) -> str:
    """The cookie of a signed-in browser at this door."""
    with context.inside(door.place):
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user, backend=BACKEND)
        request.session.save()
        return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"
