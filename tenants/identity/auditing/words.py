"""What entries say, in words."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenants.identity.models import AuditEntry

FAMILIES = {
    "sign_in": _("Sign-ins"),
    "sign_out": _("Sign-outs"),
    "password": _("Passwords"),
    "sessions": _("Sessions"),
    "user": _("People"),
    "role": _("Roles and permissions"),
    "team": _("Teams"),
    "api_key": _("API keys"),
    "records": _("Exports and deletions"),
    "field": _("Confidential fields"),
    "support": _("Support visits"),
    "company": _("Company settings"),
    "telephony": _("Phone settings"),
    "invoicing": _("Invoicing settings"),
    "secrets": _("Secrets"),
    "audit": _("The audit itself"),
}
ACTIONS = {
    "sign_in.done": _("signed in"),
    "sign_in.refused": _("was refused at sign-in"),
    "sign_out.done": _("signed out"),
    "password.set": _("set a password"),
    "sessions.ended": _("signed out everywhere else"),
    "user.invited": _("invited"),
    "user.invited_again": _("invited again"),
    "user.joined": _("joined"),
    "user.role_changed": _("changed the role of"),
    "user.deactivated": _("deactivated"),
    "user.reactivated": _("reactivated"),
    "team.created": _("made the team"),
    "team.changed": _("changed the team"),
    "team.people_changed": _("changed the people of the team"),
    "team.deleted": _("deleted the team"),
    "api_key.created": _("made the API key"),
    "api_key.revoked": _("revoked the API key"),
    "api_key.used": _("used the API key"),
    "records.exported": _("exported"),
    "records.deleted": _("deleted"),
    "records.purged": _("deleted for good"),
    "field.revealed": _("was shown a confidential field of"),
    "company.updated": _("changed the company"),
    "telephony.chosen": _("chose the phone line"),
    "telephony.connected": _("connected the phone provider"),
    "telephony.removed": _("removed the phone provider"),
    "invoicing.profile_changed": _("changed the invoicing profile"),
    "support.asked": _("asks to enter as"),
    "support.agreed": _("agreed to a visit by"),
    "support.refused": _("refused a visit by"),
    "support.entered": _("entered as"),
    "support.left": _("left after a visit as"),
    "support.access_changed": _("changed who of support may enter"),
    "audit.cut": _("cut off old entries"),
    "audit.exported": _("exported the audit"),
    "secrets.rotated": _("renewed the keys of secrets"),
}


def action_text(entry: AuditEntry) -> str:
    return str(ACTIONS.get(entry.action, entry.action.replace(".", " ").replace("_", " ")))


def details_text(entry: AuditEntry) -> str:
    """The details in one line; long digests are for the export."""
    told = [
        f"{name.replace('_', ' ')}: {_short(value)}" for name, value in entry.details.items() if _is_told(name, value)
    ]
    return ", ".join(told)


def _is_told(name: str, value: Any) -> bool:
    return value not in (None, "", [], {}) and name not in ("seal", "digest", "event")


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"
