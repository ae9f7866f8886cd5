"""The company's own facts, changed from inside it and written down in its audit log."""

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.directory.actions import update_company_profile
from tenants.identity.actions import audit
from tenants.identity.enums import SETTINGS
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied


@transaction.atomic
def update_company(*, name: str, time_zone: str, language: str, currency: str, by: Actor) -> None:
    """Raises Denied, Invalid."""
    if not by.may("edit", SETTINGS):
        raise Denied(_("Only owners and administrators may change the company."))
    values = {"name": name, "time_zone": time_zone, "language": language, "currency": currency}
    update_company_profile(company_id=context.company_id(), **values)
    audit("company.updated", by=by, subject=name, **values)
