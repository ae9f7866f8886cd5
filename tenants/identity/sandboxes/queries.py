"""Reads: the sandboxes of the company we are in, what they differ in, the mails one has kept."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from tenants.directory.models import Company
from tenants.fleet.models import Operation
from tenants.fleet.operations.queries import OperationView
from tenants.identity.enums import OWNER, SETTINGS
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.kernel.mail import KEPT_IN

MOST_MAILS = 200


def require_owner(by: Actor) -> None:
    """A sandbox holds all that the company knows, and its mails open every account in it. Raises Denied."""
    is_owner = by.user_id and User.objects.filter(pk=by.user_id, role__slug=OWNER, is_active=True).exists()
    if not is_owner or not by.may("edit", SETTINGS):
        raise Denied(_("Sandboxes are for the owners of the company."))


@dataclass(frozen=True)
class SandboxView:
    company: Company
    url: str
    operation: OperationView | None
    """What is being done to it, or was last."""


def sandboxes() -> list[Company]:
    """Of the company we are in, the newest first."""
    company_id = context.company_id()
    with context.public():
        return list(Company.objects.filter(sandbox_of=company_id, is_sandbox=True).order_by("-pk"))


def sandbox_by_id(sandbox_id: UUID) -> Company:
    """Raises NotFound for another company's."""
    company_id = context.company_id()
    with context.public():
        rows = Company.objects.select_related("sandbox_of", "agency")
        found = rows.filter(pk=sandbox_id, sandbox_of=company_id, is_sandbox=True).first()
    if not found:
        raise NotFound(_("There is no such sandbox."))
    return found


def this_company() -> Company:
    company_id = context.company_id()
    with context.public():
        return Company.objects.select_related("agency", "sandbox_of").get(pk=company_id)


def under_way() -> list[OperationView]:
    """Copies that are being made of this company."""
    company_id = context.company_id()
    with context.public():
        rows = Operation.objects.filter(company_id=company_id, kind="clone", ended_at=None)
        return [OperationView(one) for one in rows]


def failed_last() -> OperationView | None:
    """Why the last one was not made."""
    company_id = context.company_id()
    with context.public():
        last = Operation.objects.filter(company_id=company_id, kind="clone").order_by("-id").first()
    return OperationView(last) if last and last.state == "failed" else None


# Mails that were kept instead of sent


@dataclass(frozen=True)
class KeptMail:
    id: str
    at: datetime | None
    to: str
    subject: str
    text: str


def kept_mails() -> list[KeptMail]:
    """Of the sandbox we are in, the newest first."""
    if not default_storage.exists(KEPT_IN):
        return []
    names = sorted(default_storage.listdir(KEPT_IN)[1], reverse=True)[:MOST_MAILS]
    return [kept_mail(name.removesuffix(".eml")) for name in names]


def kept_mail(mail_id: str) -> KeptMail:
    """Raises NotFound."""
    try:
        path = f"{KEPT_IN}/{UUID(mail_id)}.eml"
        with default_storage.open(path) as file:
            found = email.message_from_bytes(file.read(), _class=EmailMessage, policy=email.policy.default)
    except (FileNotFoundError, ValueError) as error:
        raise NotFound(_("There is no such mail.")) from error
    body = found.get_body(("plain",))
    at = parsedate_to_datetime(found["Date"]) if found["Date"] else None
    return KeptMail(mail_id, at, str(found["To"]), str(found["Subject"]), body.get_content() if body else "")
