"""The agency's audit log: every line knows its agency."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Agency, Company
from tenants.identity.actions import audit
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import Actor

LENGTH = 20
DETAILS = ("reason", "host", "email", "role", "plan", "fields")
WORDS = {
    "agency.signed_up": _("signed up"),
    "agency.activated": _("confirmed the e-mail"),
    "agency.suspended": _("suspended the agency"),
    "agency.resumed": _("opened the agency again"),
    "company.created": _("created the company"),
    "company.suspended": _("suspended the company"),
    "company.resumed": _("opened the company again"),
    "company.owner_invited": _("sent the invitation again"),
    "brand.changed": _("changed the brand"),
    "domain.claimed": _("added a domain"),
    "domain.verified": _("verified a domain"),
    "domain.preferred": _("chose the domain for links"),
    "domain.removed": _("removed a domain"),
    "isolation.asked": _("had the isolation attacked"),
    "isolation.reported": _("attacked the isolation, and nothing got through that was found"),
    "isolation.breached": _("attacked the isolation, and something got through"),
    "member.invited": _("invited"),
    "member.changed": _("changed what is open to"),
    "member.removed": _("removed"),
}


def note(action: str, *, agency_id: Any, by: Actor, company: Company | None = None, **details: Any) -> None:
    """Write a line about an agency, or about one of its companies."""
    subject = f"company:{company.pk}" if company else f"agency:{agency_id}"
    audit(action, by=by, subject=subject, agency=str(agency_id), **details)


@dataclass(frozen=True)
class Line:
    """An entry in words."""

    at: datetime
    who: str
    text: str
    detail: str


def entries_of(subject: Company | Agency) -> list[Line]:
    """What happened to a company or an agency, newest first."""
    name = "company" if isinstance(subject, Company) else "agency"
    rows = AuditEntry.objects.filter(subject=f"{name}:{subject.pk}").order_by("-created_at")[:LENGTH]
    return [_line(row) for row in rows]


def _line(row: AuditEntry) -> Line:
    details = [row.details[name] for name in DETAILS if row.details.get(name)]
    text = str(WORDS.get(row.action, row.action))
    return Line(
        row.created_at, row.actor_name, text, ", ".join(", ".join(d) if isinstance(d, list) else d for d in details)
    )
