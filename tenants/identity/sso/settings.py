"""Setting up identity providers and proving mail domains: for owners, since a provider can say who somebody is."""

import secrets
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenants.directory.dns import has_token, txt_name
from tenants.directory.names import normal_host
from tenants.identity.actions import audit
from tenants.identity.bounds import owns
from tenants.identity.enums import OWNER
from tenants.identity.errors import OwnersOnly
from tenants.identity.models import MailDomain, NewPeople, Role, SsoConnection, SsoKind
from tenants.identity.people import role_named
from tenants.identity.signin.rules import policy_now
from tenants.identity.sso.oidc import discovered
from tenants.identity.sso.outward import check_url
from tenants.identity.sso.queries import forget_ways
from tenants.identity.sso.saml import certificates_in
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid, NotFound, ProviderFailed

PLAIN = ("name", "issuer", "client_id", "sso_url", "certificates", "trusts_emails", "new_people", "role_attribute")
# Mailboxes there belong to anybody.
NOBODYS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com aol.com proton.me "
    "protonmail.com gmx.com gmx.de mail.com mail.ru yandex.com zoho.com rediffmail.com abv.bg".split()
)


def require_owner(by: Actor) -> None:
    """Raises OwnersOnly."""
    context.company_id()
    if by.kind != "robot" and not owns(by):
        raise OwnersOnly(_("Only an owner may change who says who somebody is."))


def connection_by_id(connection_id: UUID) -> SsoConnection:
    found = SsoConnection.objects.select_related("default_role").filter(pk=connection_id).first()
    if not found:
        raise NotFound
    return found


@transaction.atomic
def save_connection(*, connection: SsoConnection, values: dict[str, Any], by: Actor) -> SsoConnection:
    """Make or change a provider; an empty secret keeps the one there is. Raises OwnersOnly, Invalid."""
    require_owner(by)
    is_new = connection._state.adding
    for name in PLAIN:
        value = values.get(name, getattr(connection, name))
        setattr(connection, name, value.strip() if isinstance(value, str) else value)
    if values.get("default_role"):
        connection.default_role = granted(values["default_role"], "default_role")
    connection.role_map = _checked_map(values.get("role_map", connection.role_map))
    if values.get("client_secret"):
        connection.client_secret = values["client_secret"]
    _check(connection)
    connection.slug = connection.slug or _free_slug(connection.name)
    connection.save()
    forget_ways()
    act = "sso.added" if is_new else "sso.changed"
    audit(act, by=by, subject=connection.name, kind=connection.kind, issuer=connection.issuer)
    return connection


def _check(connection: SsoConnection) -> None:
    if not connection.name:
        raise Invalid({"name": [_("Write a name: it stands on the button of the sign-in page.")]})
    if connection.new_people not in NewPeople.values:
        raise Invalid({"new_people": [_("Choose one from the list.")]})
    if connection.kind == SsoKind.OIDC:
        _check_oidc(connection)
    else:
        _check_saml(connection)


def _check_oidc(connection: SsoConnection) -> None:
    """The provider is asked at once, so that a wrong address is found by who typed it."""
    check_url(connection.issuer, field="issuer")
    if not connection.client_id:
        raise Invalid({"client_id": [_("Write the client id that the provider has given you.")]})
    try:
        discovered(connection.issuer, fresh=True)
    except ProviderFailed as error:
        raise Invalid({"issuer": [str(error.detail)]}) from error


def _check_saml(connection: SsoConnection) -> None:
    from cryptography.x509 import load_pem_x509_certificate  # takes long to load, and few need it

    if not connection.issuer:
        raise Invalid({"issuer": [_("Write the entity id of the provider.")]})
    if not connection.sso_url.startswith(("https://", "http://")):
        raise Invalid({"sso_url": [_("Write the address of the provider's sign-in page.")]})
    found = certificates_in(connection.certificates)
    try:
        for certificate in found:
            load_pem_x509_certificate(certificate.encode())
    except ValueError as error:
        raise Invalid({"certificates": [_("This certificate cannot be read.")]}) from error
    if not found:
        raise Invalid({"certificates": [_("Paste the provider's certificate, from BEGIN to END CERTIFICATE.")]})


def _checked_map(pairs: Any) -> list[list[str]]:
    for _told, slug in pairs:
        granted(slug, "role_map")
    return [[str(told), str(slug)] for told, slug in pairs]


def granted(slug: str, field: str) -> Role:
    """A role that a provider may give: any but the owner's."""
    if slug == OWNER:
        raise Invalid({field: [_("Owners are made here, by an owner; never by a provider.")]})
    try:
        return role_named(slug)
    except Invalid as error:
        raise Invalid({field: [_("There is no role “%(role)s”.") % {"role": slug}]}) from error


def _free_slug(name: str) -> str:
    base = slugify(name)[:30] or "sso"
    taken = set(SsoConnection.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else f"{base}-{secrets.token_hex(3)}"


@transaction.atomic
def switch_connection(*, connection: SsoConnection, is_enabled: bool, by: Actor) -> None:
    """Raises OwnersOnly, Conflict when the company would be left without a way in."""
    require_owner(by)
    if not is_enabled:
        _keep_one(connection)
    connection.is_enabled = is_enabled
    connection.save(update_fields=["is_enabled", "updated_at"])
    forget_ways()
    audit("sso.switched", by=by, subject=connection.name, on=is_enabled)


@transaction.atomic
def delete_connection(*, connection: SsoConnection, by: Actor) -> None:
    require_owner(by)
    _keep_one(connection)
    connection.delete()
    forget_ways()
    audit("sso.deleted", by=by, subject=connection.name)


def _keep_one(connection: SsoConnection) -> None:
    others = SsoConnection.objects.filter(is_enabled=True, last_used_at__isnull=False).exclude(pk=connection.pk)
    if policy_now().is_sso_only and not others.exists():
        raise Conflict(_("It is the only way in. Let people use their passwords again first."))


@transaction.atomic
def add_domain(*, domain: str, by: Actor, joins_as: str = "") -> MailDomain:
    """A mail domain with the token its TXT record has to show. Raises OwnersOnly, Invalid."""
    require_owner(by)
    name = normal_host(domain.strip().rpartition("@")[2])
    if not name or "." not in name:
        raise Invalid({"domain": [_("Write a domain like example.com.")]})
    if name in NOBODYS:
        raise Invalid({"domain": [_("Mailboxes there belong to many: it cannot be your company's alone.")]})
    role = granted(joins_as, "joins_as") if joins_as else None
    try:
        with transaction.atomic():
            found = MailDomain.objects.create(domain=name, token=secrets.token_hex(16), joins_as=role)
    except IntegrityError as error:
        raise Invalid({"domain": [_("This domain is in the list already.")]}) from error
    audit("mail_domain.added", by=by, subject=name)
    return found


@transaction.atomic
def verify_domain(*, domain: MailDomain, by: Actor) -> MailDomain:
    """Look for the TXT record. Raises OwnersOnly, Conflict."""
    require_owner(by)
    if not has_token(domain.domain, domain.token):
        text = _("There is no TXT record %(name)s with this value yet. New ones may take an hour to be seen.")
        raise Conflict(text % {"name": txt_name(domain.domain)})
    domain.verified_at = timezone.now()
    domain.save(update_fields=["verified_at", "updated_at"])
    audit("mail_domain.verified", by=by, subject=domain.domain)
    return domain


@transaction.atomic
def delete_domain(*, domain: MailDomain, by: Actor) -> None:
    require_owner(by)
    domain.delete()
    audit("mail_domain.deleted", by=by, subject=domain.domain)


def domain_by_id(domain_id: UUID) -> MailDomain:
    found = MailDomain.objects.select_related("joins_as").filter(pk=domain_id).first()
    if not found:
        raise NotFound
    return found
