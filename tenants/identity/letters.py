"""What identity writes to people: invitations and links to a new password.

`post` queues a letter in the place we are in; the worker makes the link, so that
no token lies in a queue.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from tenants.directory.tenant import Tenant
from tenants.identity.doors import way_in
from tenants.identity.models import MailDomain, User
from tenants.identity.tokens import HOUR_SECONDS, LIFE_SECONDS, make_token
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.logs import logger
from tenants.kernel.mailing import send_branded

log = logger(__name__)


def post_invitation(user: User, *, inviter: str = "") -> None:
    """Queue the invitation of a waiting user, after the commit."""
    _post("invitation", str(user.pk), inviter)


def post_reset(email: str) -> None:
    """Queue a link to a new password. Known and unknown addresses cost the same here."""
    _post("reset", email.strip().lower())


def post_link(email: str) -> None:
    """Queue a link to sign in. Known and unknown addresses cost the same here."""
    _post("link", email.strip().lower())


def _post(kind: str, *args: str) -> None:
    from tenants.directory.task import send
    from tenants.identity import tasks  # tasks stand above letters and call them

    place = context.place()
    if place.company_id:
        send(tasks.write_in_company, kind, *args)
        return
    agency = str(place.agency_id or "")
    transaction.on_commit(lambda: tasks.write_in_public.apply_async((agency, kind, *args)))


def write(tenant: Tenant, kind: str, *args: str) -> None:
    """Write a queued letter, in the tenant's place; nothing for people gone meanwhile."""
    writers: dict[str, Callable[..., None]] = {
        "invitation": _write_invitation,
        "reset": _write_reset,
        "link": _write_link,
    }
    writers[kind](tenant, *args)


def _write_invitation(tenant: Tenant, user_id: str, inviter: str = "") -> None:
    user = User.objects.filter(pk=UUID(user_id), is_active=True, verified_at=None).first()
    if user is None:
        log.info("invitation not sent: nobody waits for it", user_id=user_id)
        return
    owner = tenant.company or tenant.agency
    values = {
        "name": user.name,
        "place": owner.name if owner else tenant.brand.product_name,
        "inviter": inviter,
        "days": LIFE_SECONDS["invite"] // HOUR_SECONDS // 24,
        "url": _link(tenant, user, "invite", "welcome"),
    }
    key = f"invite:{user.pk}:{user.invited_at}"
    send_branded(tenant, "invitation", user.email, values, key=key, language=_language(tenant, user))


def _write_reset(tenant: Tenant, email: str) -> None:
    user = _somebody(tenant, email)
    if user is None:
        log.info("reset mail not sent: no such user here")
        return
    values = {
        "name": user.name,
        "hours": LIFE_SECONDS["reset"] // HOUR_SECONDS,
        "url": _link(tenant, user, "reset", "reset"),
    }
    send_branded(tenant, "reset", user.email, values, language=_language(tenant, user))


def _write_link(tenant: Tenant, email: str) -> None:
    user = _somebody(tenant, email)
    if user is None:
        if not _joins_by_itself(email):
            log.info("sign-in link not sent: no such user here")
        return
    values = {
        "name": user.name,
        "minutes": LIFE_SECONDS["link"] // 60,
        "url": _link(tenant, user, "link", "sign-in-link"),
    }
    send_branded(tenant, "link", user.email, values, language=_language(tenant, user))


def _joins_by_itself(email: str) -> bool:
    """Invite an unknown address of a proven domain whose people may join; whether there was one to invite."""
    from tenants.identity.people import invite_user  # people write letters

    domains = MailDomain.objects.select_related("joins_as").filter(verified_at__isnull=False)
    found = domains.filter(domain=email.rpartition("@")[2], joins_as__isnull=False).first()
    if not found or not found.joins_as or User.objects.filter(email__iexact=email).exists():
        return False
    invite_user(email=email, name="", role=found.joins_as.slug, by=robot(found.domain))
    return True


def _somebody(tenant: Tenant, email: str) -> User | None:
    """The user with this address whom the door opens for."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    return user if user and way_in(user, tenant) is not None else None


def _link(tenant: Tenant, user: User, purpose: str, page: str) -> str:
    token = make_token(user, purpose=purpose)
    return tenant.base_url + reverse(page, args=[user.pk, token], urlconf="tenants.identity.urls")


def _language(tenant: Tenant, user: User) -> str:
    return user.language or (tenant.company.language if tenant.company else "en")
