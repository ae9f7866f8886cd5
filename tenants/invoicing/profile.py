"""Writing the seller's profile."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.fleet.countries import COUNTRIES
from tenants.identity.actions import audit
from tenants.invoicing.enums import InvoiceStatus
from tenants.invoicing.facts import code_fault
from tenants.invoicing.india.gstin import normal
from tenants.invoicing.models import Invoice, InvoicingProfile
from tenants.invoicing.numbers import policy_of, prefix_fits
from tenants.invoicing.parties import tax_id_fault
from tenants.invoicing.queries import company_today, profile_now
from tenants.invoicing.rates import is_known, rate_list
from tenants.invoicing.totals import retotal
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Invalid
from tenants.records.fields import describe
from tenants.records.queries import require

SETTINGS = "settings"
NAMES = (
    "legal_name", "tax_id", "address", "city", "postal_code", "region", "country", "prefix", "due_days",
    "default_tax_rate", "default_code", "rounding_rule", "bank_details", "upi_id", "terms",
)  # fmt: skip
UPI = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z]{2,64}")


@transaction.atomic
def update_profile(*, values: Mapping[str, Any], by: Actor) -> InvoicingProfile:
    """Change what was sent of the seller's profile. Drafts are worked out again; issued invoices stay.

    Raises Invalid, Denied.
    """
    require(by, "edit", SETTINGS)
    InvoicingProfile.objects.select_for_update().first()
    profile = profile_now()
    for name, value in _cleaned(values).items():
        setattr(profile, name, value)
    if errors := _faults(profile):
        raise Invalid(errors)
    profile.save()
    for draft in Invoice.objects.filter(status=InvoiceStatus.DRAFT, deleted_at=None).select_related(
        "account", "contact"
    ):
        retotal(draft)
    audit("invoicing.profile_changed", by=by, subject=profile.legal_name, fields=sorted(values))
    return profile


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    cleaned: dict[str, Any] = {}
    for name, raw in values.items():
        try:
            cleaned[name] = _parsed(name, raw)
        except ValidationError as error:
            errors[name] = list(error.messages)
    if errors:
        raise Invalid(errors)
    return cleaned


def _parsed(name: str, raw: Any) -> Any:
    if name not in NAMES:
        raise ValidationError(_("There is no such field. Known: %(known)s.") % {"known": ", ".join(NAMES)})
    field = describe(InvoicingProfile._meta.get_field(name))  # type: ignore[arg-type]
    assert field
    if field.is_numeric and (raw is None or not str(raw).strip()):
        raise ValidationError(_("Fill this in."))
    value = field.parse(raw)
    if name in ("country", "prefix"):
        return value.upper()
    if name == "tax_id":
        return normal(value)
    field.source.run_validators(value)
    return value


def _faults(profile: InvoicingProfile) -> dict[str, list[str]]:
    """What does not fit together: the country decides about tax id, prefix, codes and rates."""
    country = profile.country
    found = {
        "country": "" if country in COUNTRIES else _("Use a two-letter country code, like IN, BG or US."),
        "tax_id": tax_id_fault(country, profile.tax_id),
        "prefix": "" if prefix_fits(profile.prefix, country) else policy_of(country).prefix_help,
        "default_code": code_fault(profile.default_code) if country == "IN" else "",
        "default_tax_rate": _rate_fault(profile),
        "upi_id": "" if not profile.upi_id or UPI.fullmatch(profile.upi_id) else _("Write a UPI ID, like name@bank."),
    }
    return {name: [str(text)] for name, text in found.items() if text}


def _rate_fault(profile: InvoicingProfile) -> str:
    known = rate_list(profile.country, company_today())
    if not known or is_known(profile.default_tax_rate, profile.country, company_today()):
        return ""
    return _("Choose one of: %(known)s.") % {"known": ", ".join(f"{rate.normalize():f}" for rate in known.rates)}
