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
    "sharing_rule": _("Sharing rules"),
    "stand_in": _("Stand-ins"),
    "team": _("Teams"),
    "api_key": _("API keys"),
    "personal_token": _("Personal tokens"),
    "oauth": _("Connected apps"),
    "records": _("Exports and deletions"),
    "field": _("Fields of the company's own"),
    "tag": _("Tags"),
    "setting": _("Pipelines and stages"),
    "support": _("Support visits"),
    "view_as": _("Viewing as somebody"),
    "company": _("Company settings"),
    "telephony": _("Phone settings"),
    "webhook": _("Webhooks"),
    "inbound_hook": _("Webhooks in"),
    "invoicing": _("Invoicing settings"),
    "notifications": _("Notifications"),
    "chat": _("Chat channels"),
    "secrets": _("Secrets"),
    "sandbox": _("Sandboxes"),
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
    "user.handed_over": _("handed over what was owned by"),
    "role.created": _("made the role"),
    "role.changed": _("changed the role"),
    "role.deleted": _("deleted the role"),
    "sharing_rule.created": _("made the sharing rule"),
    "sharing_rule.changed": _("changed the sharing rule"),
    "sharing_rule.deleted": _("deleted the sharing rule"),
    "stand_in.begun": _("let somebody stand in for"),
    "stand_in.ended": _("ended standing in for"),
    "team.created": _("made the team"),
    "team.changed": _("changed the team"),
    "team.people_changed": _("changed the people of the team"),
    "team.deleted": _("deleted the team"),
    "api_key.created": _("made the API key"),
    "api_key.revoked": _("revoked the API key"),
    "api_key.used": _("used the API key"),
    "personal_token.created": _("made the personal token"),
    "personal_token.revoked": _("revoked the personal token"),
    "personal_token.used": _("used the personal token"),
    "oauth.client_created": _("connected the app"),
    "oauth.client_changed": _("changed the app"),
    "oauth.client_deleted": _("deleted the app"),
    "oauth.secret_rotated": _("made a new secret for the app"),
    "oauth.allowed": _("allowed the app"),
    "oauth.denied": _("turned down the app"),
    "oauth.disconnected": _("disconnected the app"),
    "oauth.used": _("worked through the app"),
    "oauth.acted_alone": _("gave a token for acting alone to the app"),
    "oauth.given_back": _("got the tokens back from the app"),
    "oauth.code_reused": _("was cut off from the app, whose code was used twice:"),
    "oauth.refresh_reused": _("was cut off from the app, whose old refresh token came again:"),
    "records.exported": _("exported"),
    "records.deleted": _("deleted"),
    "records.purged": _("deleted for good"),
    "company.rewound": _("turned the company back to"),
    "notifications.defaults_changed": _("changed how people are told by default"),
    "chat.connected": _("connected the chat channel"),
    "chat.changed": _("changed the chat channel"),
    "chat.removed": _("removed the chat channel"),
    "field.created": _("added the field"),
    "field.changed": _("changed the field"),
    "field.retired": _("put away the field"),
    "field.revived": _("took back the field"),
    "tag.renamed": _("renamed the tag"),
    "tag.merged": _("merged a tag into"),
    "tag.deleted": _("deleted the tag"),
    "setting.created": _("added"),
    "setting.updated": _("changed"),
    "setting.restored": _("took back"),
    "records.shared": _("shared"),
    "records.unshared": _("took back a share of"),
    "field.revealed": _("was shown a confidential field of"),
    "company.transferred": _("moved the company to another agency"),
    "company.updated": _("changed the company"),
    "webhook.created": _("made the webhook"),
    "webhook.changed": _("changed the webhook"),
    "webhook.paused": _("paused the webhook"),
    "webhook.resumed": _("resumed the webhook"),
    "webhook.broken": _("found that the webhook does not answer:"),
    "webhook.mended": _("found that the webhook answers again:"),
    "webhook.secret_rotated": _("made a new secret for the webhook"),
    "webhook.deleted": _("deleted the webhook"),
    "inbound_hook.created": _("made the address for webhooks in"),
    "inbound_hook.changed": _("changed the address for webhooks in"),
    "inbound_hook.rotated": _("renewed the address for webhooks in"),
    "inbound_hook.deleted": _("deleted the address for webhooks in"),
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
    "view_as.began": _("began to view as"),
    "view_as.ended": _("ended viewing as"),
    "audit.cut": _("cut off old entries"),
    "audit.hidden": _("hid texts of an erased company"),
    "audit.exported": _("exported the audit"),
    "audit.cut_before": _("cut off old entries, where this company was before"),
    "company.arrived": _("brought the company here, with the audit of"),
    "sandbox.made": _("made the sandbox"),
    "sandbox.refreshed": _("filled anew the sandbox"),
    "sandbox.kept": _("let stand longer the sandbox"),
    "sandbox.dropped": _("took away the sandbox"),
    "sandbox.deployed": _("brought over changes of the sandbox"),
    "company.copied_from": _("made this company as a copy of"),
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
