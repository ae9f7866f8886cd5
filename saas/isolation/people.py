"""People made for an attack: an owner at each company, with a session, a key and a token. They last as long as
the transaction, so nobody ever sees them, and their secrets are never written down."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from saas.isolation.browser import Browser
from tenants.directory.models import Company
from tenants.directory.queries import company_tenant
from tenants.identity.enums import OWNER
from tenants.identity.keys import VERBS, digest_of
from tenants.identity.models import ApiKey, OAuthAccess, OAuthClient, Role, User
from tenants.identity.models.oauth import ACCESS
from tenants.identity.oauth.tokens import digest_in, make_text
from tenants.identity.sessions import SessionStore
from tenants.identity.signin.rules import networks_of, policy_now
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.context import Place

NAME = "Isolation proof"
LIFE = timedelta(hours=1)
EVERYTHING = {"*": list(VERBS)}
BACKEND = "tenants.identity.backends.PasswordBackend"


@dataclass(frozen=True)
class Person:
    """Somebody of one company, with all that opens its doors."""

    place: Place
    host: str
    user: User
    actor: Actor
    session: str
    key: str
    token: str
    address: str

    @property
    def browser(self) -> Browser:
        return Browser(self.host, self.address, session=self.session)

    @property
    def program(self) -> Browser:
        return Browser(self.host, self.address, key=self.key)

    @property
    def app(self) -> Browser:
        return Browser(self.host, self.address, key=self.token)

    def at(self, other: "Person") -> "Person":
        """The same passes, shown at another company's host, from where its people come."""
        return replace(self, host=other.host, address=other.address)


def make_person(company: Company) -> Person:
    """Runs in a rehearsal."""
    host = company_tenant(company.pk).canonical_host
    with context.inside(company.place):
        address, now = _address(), timezone.now()
        user = User(
            email=f"isolation-{secrets.token_hex(8)}@proof.invalid", name=NAME, role=Role.objects.get(slug=OWNER),
            verified_at=now, last_login=now,
        )  # fmt: skip
        user.set_unusable_password()
        user.save(force_insert=True)
        # Noted as used a moment ago: otherwise each first use would be noted in the company's audit.
        used = {"user": user, "last_used_at": now, "last_machine": address, "expires_at": now + LIFE}
        return Person(
            place=company.place, host=host, user=user, actor=user.actor, session=_session(user), key=_key(used),
            token=_token(used), address=address,
        )  # fmt: skip


def _address() -> str:
    """Where the company's own people come from, if it lets in those alone."""
    networks: Any = networks_of(policy_now().networks)
    return str(next(iter(networks))[0]) if networks else "127.0.0.1"


def _session(user: User) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = BACKEND
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.create()
    session.save()
    return str(session.session_key)


def _key(used: dict[str, Any]) -> str:
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    ApiKey.objects.create(name=NAME, prefix=prefix, digest=digest_of(secret), **used)
    return f"{prefix}.{secret}"


def _token(used: dict[str, Any]) -> str:
    client = OAuthClient.objects.create(name=NAME, maker=used["user"], scopes=EVERYTHING)
    row = OAuthAccess(client=client, scopes=EVERYTHING, consented=EVERYTHING, **used)
    text = make_text(ACCESS, row.pk)
    row.digest = digest_in(text)
    row.save(force_insert=True)
    return text


def copy_across(person: Person, other: Place) -> None:
    """The worst of all twins: the other company gets the same user, key, token and session, number by number."""
    with context.inside(person.place):
        key, access = (
            ApiKey.objects.get(user=person.user),
            OAuthAccess.objects.select_related("client").get(user=person.user),
        )
        session = person.user.sessions.get()
        user = User.objects.get(pk=person.user.pk)
    with context.inside(other):
        user.role = Role.objects.get(slug=OWNER)
        for row in (user, key, access.client, access, session):
            row._state.adding = True
            row.save(force_insert=True)
