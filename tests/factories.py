"""Makers of test data, through the house's own actions."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client

from public_site.agency.key_actions import create_agency_key
from public_site.agency.models import AgencyMember, AgencyRole
from tenants.directory.actions import activate_agency, create_agency, update_brand
from tenants.directory.models import Agency, Company
from tenants.fleet.actions import create_company
from tenants.identity.actions import add_user, create_api_key
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.actions import create_record
from tenants.records.registry import type_named

PASSWORD = "correct horse battery 9"


@dataclass(frozen=True)
class Twin:
    """An agency with one company, its owner's key, and records that carry the sentinel."""

    agency: Agency
    company: Company
    sentinel: str
    api_key: str
    agency_api_key: str
    contact_id: Any
    account_id: Any
    deal_id: Any

    @property
    def place(self) -> context.Place:
        return self.company.place

    @property
    def host(self) -> str:
        return f"{self.company.slug}.{self.agency.slug}.{settings.PLATFORM_DOMAIN}"

    @property
    def agency_host(self) -> str:
        return f"{self.agency.slug}.{settings.PLATFORM_DOMAIN}"

    def owner(self) -> User:
        with context.inside(self.place):
            return User.objects.select_related("role").get(role__slug="owner")

    def signed_in(self, email: str = "") -> Client:
        """A browser at the company with its owner, or a user by e-mail, signed in."""
        with context.inside(self.place):
            user = User.objects.get(email=email) if email else self.owner()
            return client_for(user, self.host)

    def with_key(self) -> Client:
        return Client(headers={"host": self.host, "authorization": f"Bearer {self.api_key}"})


def client_for(user: User, host: str) -> Client:
    """A browser with a session of the place we are in."""
    from tenants.identity.sessions import SessionStore

    client = Client(headers={"host": host})
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend="tenants.identity.backends.PasswordBackend")
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client


def make_twin(slug: str, sentinel: str) -> Twin:
    """Runs in public. Both twins are equal but for slug, names and sentinel."""
    agency = create_agency(name=f"{slug.title()} Agency", slug=slug)
    activate_agency(agency=agency)
    update_brand(
        agency=agency, product_name=f"{slug.title()}Suite", colour="#0f766e", support_email=f"help@{slug}.example"
    )
    company = create_company(
        agency=agency,
        name=f"{slug.title()} Works",
        slug="works",
        country="IN",
        owner_email=f"owner@{slug}.example",
        by=robot(),
    )
    staff = add_user(email=f"boss@{slug}.example", name="Boss", password=PASSWORD)
    member = AgencyMember.objects.create(agency=agency, user=staff, role=AgencyRole.OWNER)
    agency_key = create_agency_key(member=member, name="Test", by=robot())[1]
    with context.inside(company.place, actor=robot()):
        return Twin(agency, company, sentinel, _owner_key(), agency_key, **_records(sentinel))


def _owner_key() -> str:
    owner = User.objects.get(role__slug="owner")
    owner.set_password(PASSWORD)
    owner.save()
    return create_api_key(user=owner, name="Test", by=robot())[1]


def _records(sentinel: str) -> dict[str, Any]:
    account = make(
        "accounts",
        name=f"{sentinel} Traders",
        tax_id="27AAPFU0939F1ZV",
        city="Pune",
        region="Maharashtra",
        country="IN",
    )
    contact = make(
        "contacts",
        first_name=sentinel,
        last_name="Nair",
        account=account.pk,
        email="priya@customer.example",
        phone="+919820011842",
    )
    deal = make("deals", name=f"{sentinel} rooftop", account=account.pk, contact=contact.pk, amount="1840000")
    return {"account_id": account.pk, "contact_id": contact.pk, "deal_id": deal.pk}


def make(type_name: str, /, **values: Any) -> Any:
    """A record of a type, in the company we are in."""
    record_type = type_named(type_name)
    return create_record(record_type=record_type, values=record_type.initial(robot()) | values, by=robot())
