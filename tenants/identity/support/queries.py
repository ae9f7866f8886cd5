"""Reads of support visits, of the company we are in."""

from django.utils.translation import gettext as _

from tenants.directory.models import Company, SupportVisit
from tenants.identity.enums import SETTINGS
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied

LENGTH = 50


def visits(*, actor: Actor) -> list[SupportVisit]:
    """The newest. Raises Denied for who may not change the settings."""
    if not actor.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may see support visits."))
    company_id = context.company_id()
    with context.public():
        return list(SupportVisit.objects.filter(company_id=company_id).order_by("-id")[:LENGTH])


def support_access() -> str:
    company_id = context.company_id()
    with context.public():
        return str(Company.objects.values_list("support_access", flat=True).get(pk=company_id))
