"""What an agency's people do with their companies; every write is in the audit log."""

from django.db import transaction
from django.utils.translation import gettext as _

from public_site.agency.audit import note
from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Agency, Company
from tenants.fleet import actions as fleet
from tenants.identity.people import resend_invitation
from tenants.identity.queries import active_users
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Conflict


@transaction.atomic
def open_company(
    *, agency: Agency, name: str, slug: str, country: str, owner_email: str, by: Actor,
    owner_name: str = "", time_zone: str = "", currency: str = "", language: str = "en",
) -> Company:  # fmt: skip
    """A company that works when this returns; its owner gets an invitation. Raises SlugTaken, Invalid."""
    company = fleet.create_company(
        agency=agency, name=name, slug=slug, country=country, owner_email=owner_email, by=by,
        owner_name=owner_name, time_zone=time_zone, currency=currency, language=language,
    )  # fmt: skip
    note("company.created", agency_id=agency.pk, company=company, by=by, country=company.country)
    return company


@transaction.atomic
def invite_owner_again(*, company: Company, by: Actor) -> None:
    """Another invitation mail to the company's first owner. Raises Conflict once it was accepted."""
    if company.status != CompanyStatus.ACTIVE:
        raise Conflict(_("This company is not open."))
    with context.inside(company.place, actor=robot(by.name)):
        owner = active_users().filter(email__iexact=company.owner_email).first()
        if not owner:
            raise Conflict(_("This person does not work in the company any more."))
        resend_invitation(user=owner, by=context.actor())
    note("company.owner_invited", agency_id=company.agency_id, company=company, by=by, email=company.owner_email)
