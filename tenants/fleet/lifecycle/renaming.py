"""Another address for a company. The former one leads on for a while, and is kept back after that."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.directory.actions import check_slug
from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Company
from tenants.directory.own_hosts import is_slug_taken, settle_hosts
from tenants.fleet.lifecycle.closing import locked, note
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict

WORKING = (CompanyStatus.ACTIVE, CompanyStatus.SUSPENDED)


@transaction.atomic
def rename_company(*, company: Company, slug: str, by: Actor) -> Company:
    """Its hosts carry the new slug at once; mails and links name them. Raises Invalid, SlugTaken, Conflict.

    A slug it had before comes back to it. A domain of its own stays as it is.
    """
    company = locked(company)
    check_settled(company)
    if slug == company.slug:
        return company
    check_slug(slug, is_taken=lambda one: is_slug_taken(company.agency, one, company=company))
    former, company.slug = company.slug, slug
    company.save(update_fields=["slug", "updated_at"])
    settle_hosts(company)
    note("company.renamed", company, by=by, former=former, slug=slug)
    return company


def check_settled(company: Company) -> None:
    if company.status not in WORKING:
        raise Conflict(_("This company is closed, or something is being done to it."))


def what_breaks() -> list[str]:
    """What people have to see to after a change of address, in words."""
    return [
        _("Everybody signs in again: browsers keep sign-ins for one address."),
        _("Passkeys belong to an address: make new ones, with the password until then."),
        _("Single sign-on: put the new addresses in at the identity provider."),
    ]
