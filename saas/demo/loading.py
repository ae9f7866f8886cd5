"""The demo: made once, found again afterwards. Each part is there as a whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from public_site.agency.key_actions import create_agency_key
from public_site.agency.models import AgencyMember, AgencyRole
from public_site.agency.staff_actions import invite_member
from public_site.control.models import PlatformAdmin
from saas.demo.cast import AGENCIES, COMPANIES, PLATFORM_ADMIN, AgencyPart, CompanyPart
from saas.demo.connected import connect_app
from saas.demo.kept import Kept
from tenants.directory.actions import activate_agency, create_agency, ensure_platform_domain, update_brand
from tenants.directory.models import Agency, Company
from tenants.directory.queries import agency_tenant, company_tenant
from tenants.directory.tenant import url_of
from tenants.fleet.actions import create_company
from tenants.identity.actions import add_user, create_api_key, set_password
from tenants.identity.models import ApiKey, User
from tenants.identity.queries import api_key_for
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.mail import mail_folder
from tenants.kernel.modules import modules

KEY_NAME = "Demo"
Say = Callable[[str], None]
Ready = dict[str, Any]


def load_demo(*, is_bare: bool, say: Say) -> Ready:
    """Make what is missing and say how to get in. Runs in public."""
    kept = Kept(Path(settings.DATA_DIR) / "demo-secrets.json")
    ensure_platform_domain()
    ready: Ready = {"platform": _platform(kept), "agencies": [], "companies": [], "mail": str(mail_folder())}
    kept.write()
    if is_bare:
        return ready
    for agency in AGENCIES:
        ready["agencies"].append(_agency(agency, kept, say))
        kept.write()
    for company in COMPANIES:
        ready["companies"].append(_company(company, kept, say))
        kept.write()
    for agency in AGENCIES:
        _staff(agency, say)
    return ready


@transaction.atomic
def _platform(kept: Kept) -> dict[str, str]:
    name, email = PLATFORM_ADMIN
    user = _user(email) or add_user(email=email, name=name)
    PlatformAdmin.objects.get_or_create(user=user)
    entry = kept.of("platform")
    _keep_password(user, entry)
    return {"url": url_of(settings.PLATFORM_DOMAIN), "email": email, "password": entry["password"]}


@transaction.atomic
def _agency(part: AgencyPart, kept: Kept, say: Say) -> dict[str, str]:
    agency = Agency.objects.filter(slug=part.slug).first() or _make_agency(part, say)
    user = _user(part.owner_email) or add_user(email=part.owner_email, name=part.owner_name)
    member, _ = AgencyMember.objects.get_or_create(agency=agency, user=user, defaults={"role": AgencyRole.OWNER})
    tenant, entry = agency_tenant(agency.pk), kept.of(f"agency:{part.slug}")
    with context.inside(tenant.place):
        _keep_password(user, entry)
        _keep_key(user, entry, lambda: create_agency_key(member=member, name=KEY_NAME, by=robot()))
    return {"url": tenant.base_url, "email": part.owner_email, "slug": part.slug, **entry}


def _make_agency(part: AgencyPart, say: Say) -> Agency:
    agency = create_agency(name=part.name, slug=part.slug)
    agency.plan = part.plan
    agency.save(update_fields=["plan", "updated_at"])
    activate_agency(agency=agency)
    update_brand(agency=agency, company=None, **part.brand)
    say(f"agency {part.name}: made")
    return agency


@transaction.atomic
def _staff(part: AgencyPart, say: Say) -> None:
    """Colleagues with limits; their invitations lie with the other mails."""
    agency = Agency.objects.get(slug=part.slug)
    for one in part.staff:
        if AgencyMember.objects.filter(agency=agency, user__email=one.email).exists():
            continue
        ids = Company.objects.filter(agency=agency, slug__in=one.companies).values_list("pk", flat=True)
        with context.inside(agency_tenant(agency.pk).place):
            invite_member(
                agency=agency, email=one.email, name=one.name, role=AgencyRole.STAFF, tabs=one.tabs,
                company_ids=list(ids), by=robot(part.owner_name),
            )  # fmt: skip
        say(f"agency {part.name}: {one.name} invited")


@transaction.atomic
def _company(part: CompanyPart, kept: Kept, say: Say) -> dict[str, str]:
    entry = kept.of(f"company:{part.agency}/{part.slug}")
    company = Company.objects.filter(agency__slug=part.agency, slug=part.slug).first()
    is_new = company is None
    company = company or _make_company(part)
    owner_email = part.people[0].email
    with context.inside(company.place, actor=robot()):
        if is_new:
            _make_people(part, entry)
            _fill(company, say)
            _connect(part)
        owner = User.objects.select_related("role").get(email=owner_email)
        _keep_password(owner, entry)
        _keep_key(owner, entry, lambda: create_api_key(user=owner, name=KEY_NAME, by=robot()))
    url = company_tenant(company.pk).base_url
    return {"url": url, "email": owner_email, "slug": part.slug, "agency": part.agency, **entry}


def _make_company(part: CompanyPart) -> Company:
    owner = part.people[0]
    return create_company(
        agency=Agency.objects.get(slug=part.agency), name=part.name, slug=part.slug, country=part.country,
        language=part.language, time_zone=part.time_zone, owner_email=owner.email, owner_name=owner.name, by=robot(),
    )  # fmt: skip


def _make_people(part: CompanyPart, entry: dict[str, str]) -> None:
    """The owner is there already, invited; all of them get the company's demo password."""
    owner, *others = part.people
    set_password(user=User.objects.get(email=owner.email), password=entry["password"], by=robot())
    for person in others:
        user = add_user(email=person.email, name=person.name, role=person.role)
        set_password(user=user, password=entry["password"], by=robot())


def _connect(part: CompanyPart) -> None:
    owner, colleague = (User.objects.select_related("role").get(email=one.email) for one in part.people[:2])
    connect_app(owner=owner, colleague=colleague)


def _fill(company: Company, say: Say) -> None:
    """Let each module tell its part of the company's two years, in the order they are installed."""
    names = ("slug", "name", "country", "currency", "language", "time_zone", "owner_email")
    facts = {name: getattr(company, name) for name in names}
    for module in modules():
        if module.demo:
            started = monotonic()
            import_string(module.demo)(facts)
            say(f"company {company.name}: {module.label}, {monotonic() - started:.1f} s")


def _user(email: str) -> User | None:
    return User.objects.filter(email__iexact=email).first()


def _keep_password(user: User, entry: dict[str, str]) -> None:
    if not user.check_password(entry["password"]):
        set_password(user=user, password=entry["password"], by=robot())


def _keep_key(user: User, entry: dict[str, str], make: Callable[[], tuple[ApiKey, str]]) -> None:
    """The kept key, or a new one in its place when the database does not know it."""
    if api_key_for(entry.get("api_key", "")):
        return
    ApiKey.objects.filter(user=user, name=KEY_NAME).delete()
    entry["api_key"] = make()[1]
