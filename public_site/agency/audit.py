"""The agency's audit log: every line knows its agency."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Agency, Company
from tenants.identity.actions import audit
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import Actor

LENGTH = 20
DETAILS = ("reason", "host", "email", "role", "plan", "fields", "former", "slug", "giver", "taker")
WORDS = {
    "agency.signed_up": _("signed up"),
    "agency.activated": _("confirmed the e-mail"),
    "agency.suspended": _("suspended the agency"),
    "agency.resumed": _("opened the agency again"),
    "company.created": _("created the company"),
    "company.suspended": _("suspended the company"),
    "company.resumed": _("opened the company again"),
    "company.clone": _("began a copy of the company"),
    "company.export": _("began to export the company"),
    "company.import_begun": _("began to bring a company in"),
    "company.package_fetched": _("fetched the package of the company"),
    "company.drop_sandbox": _("took the sandbox away"),
    "sandbox.kept": _("let the sandbox stand longer"),
    "company.closed": _("closed the company for good"),
    "company.restored": _("took the company back"),
    "company.erase": _("began to erase the company"),
    "company.erased": _("erased the company"),
    "company.renamed": _("changed the address"),
    "company.transfer_asked": _("asked for a handover"),
    "company.transfer_approved": _("approved the handover"),
    "company.transfer_consented": _("agreed to the handover"),
    "company.transfer_refused": _("refused the handover"),
    "company.transfer_withdrawn": _("withdrew the handover"),
    "company.transfer": _("began the handover"),
    "company.transferred": _("handed the company over"),
    "company.owner_invited": _("sent the invitation again"),
    "company.backup": _("began a backup"),
    "company.backup_deleted": _("deleted a backup"),
    "company.restore": _("began restoring a backup beside the company"),
    "company.swap": _("began exchanging the company and the copy beside it"),
    "company.discard": _("threw the copy beside the company away"),
    "company.records_picked": _("brought records back out of a copy"),
    "backup.rule_changed": _("changed the rule of backups"),
    "backup.rule_dropped": _("dropped the rule of backups"),
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
    "fleet.command": _("ran a command on many companies"),
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


def entries_of(subject: Company | Agency, *, seen_by: Agency | None = None) -> list[Line]:
    """What happened to a company or an agency, newest first.

    An agency (`seen_by`) reads what happened with itself, not what a former agency of the company wrote down.
    """
    name = "company" if isinstance(subject, Company) else "agency"
    rows = AuditEntry.objects.filter(subject=f"{name}:{subject.pk}")
    if seen_by:
        rows = rows.filter(Q(details__agency=str(seen_by.pk)) | Q(chain=f"public:{seen_by.pk}"))
    return [_line(row) for row in rows.order_by("-created_at")[:LENGTH]]


def _line(row: AuditEntry) -> Line:
    details = [row.details[name] for name in DETAILS if row.details.get(name)]
    text = str(WORDS.get(row.action, row.action))
    return Line(
        row.created_at, row.actor_name, text, ", ".join(", ".join(d) if isinstance(d, list) else d for d in details)
    )
