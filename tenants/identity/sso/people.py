"""From what an identity provider says to a person here: known, linked by a proven address, or new.

An address counts only where it is proven: the provider says that it has checked it and may be
believed, or its domain is the company's own. Otherwise anybody could name the address of somebody else.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.identity.actions import add_user, audit
from tenants.identity.enums import OWNER
from tenants.identity.models import LinkedIdentity, MailDomain, NewPeople, Role, SsoConnection, User
from tenants.identity.people import LONGEST_NAME, name_from
from tenants.kernel.errors import Denied

LONGEST_SUBJECT: Final = 500


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a provider says of a person who has signed in there."""

    subject: str
    email: str = ""
    is_email_checked: bool = False
    name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


class NotLetIn(Denied):
    code = "not_let_in"
    title = _("Your identity provider knows you, but you may not come in here")


@transaction.atomic
def person_for(connection: SsoConnection, told: Told) -> User:
    """The user of this identity, made or linked if the rules allow it. Raises NotLetIn."""
    if not told.subject or len(told.subject) > LONGEST_SUBJECT:
        raise NotLetIn
    SsoConnection.objects.select_for_update().filter(pk=connection.pk).first()
    link = (
        LinkedIdentity.objects.select_related("user__role").filter(connection=connection, subject=told.subject).first()
    )
    user = link.user if link else _linked(connection, told)
    if not user.is_active:
        raise NotLetIn
    _note_use(connection, told.subject)
    return _with_role(connection, user, told)


def _linked(connection: SsoConnection, told: Told) -> User:
    email = _proven_email(connection, told)
    user = User.objects.select_related("role").filter(email__iexact=email).first()
    if user is None:
        user = _newcomer(connection, email, told)
    LinkedIdentity.objects.create(connection=connection, subject=told.subject, user=user)
    audit("identity.linked", by=user.actor, subject=user.email, provider=connection.name)
    return user


def _proven_email(connection: SsoConnection, told: Told) -> str:
    email = told.email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise NotLetIn(_("Your identity provider did not say your e-mail address.")) from error
    if not (connection.trusts_emails and told.is_email_checked) and not is_own_domain(email):
        raise NotLetIn(_("Your e-mail address is not proven: its domain is not one of this company."))
    return email


def is_own_domain(email: str) -> bool:
    """Whether the address is of a domain that the company has proven."""
    return MailDomain.objects.filter(domain=email.rpartition("@")[2].lower(), verified_at__isnull=False).exists()


def _newcomer(connection: SsoConnection, email: str, told: Told) -> User:
    may_join = connection.new_people == NewPeople.EVERYBODY or (
        connection.new_people == NewPeople.DOMAINS and is_own_domain(email)
    )
    if not may_join:
        raise NotLetIn(_("Nobody has invited you here yet. Ask an administrator of your company."))
    name = " ".join(told.name.replace("\x00", "").split())[:LONGEST_NAME] or name_from(email)
    user = add_user(email=email, name=name, role=connection.default_role.slug)
    user.verified_at, user.invited_at = timezone.now(), None
    user.save(update_fields=["verified_at", "invited_at", "updated_at"])
    audit("user.joined", by=user.actor, subject=user.email, provider=connection.name)
    return User.objects.select_related("role").get(pk=user.pk)


def _note_use(connection: SsoConnection, subject: str) -> None:
    now = timezone.now()
    LinkedIdentity.objects.filter(connection=connection, subject=subject).update(last_used_at=now)
    SsoConnection.objects.filter(pk=connection.pk).update(last_used_at=now)


def _with_role(connection: SsoConnection, user: User, told: Told) -> User:
    """The role that the provider's attribute stands for. Owners are made and unmade here only, never there."""
    slug = role_told(connection, told.attributes)
    if not slug or slug == OWNER or (user.role and user.role.slug in (OWNER, slug)):
        return user
    role = Role.objects.filter(slug=slug).first()
    if role:
        before, user.role = user.role, role
        user.save(update_fields=["role", "updated_at"])
        audit(
            "user.role_changed", by=user.actor, subject=user.email, before=before.slug if before else "", after=slug,
            provider=connection.name,
        )  # fmt: skip
    return user


def role_told(connection: SsoConnection, attributes: dict[str, Any]) -> str:
    """The first line of the map that fits."""
    value = attributes.get(connection.role_attribute) if connection.role_attribute else None
    values = {str(one).casefold() for one in (value if isinstance(value, list) else [value]) if one is not None}
    return next((str(slug) for told, slug in connection.role_map if str(told).casefold() in values), "")
