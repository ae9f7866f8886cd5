"""What identity writes to people: invitations and links to a new password.

`post` queues a letter in the place we are in; the worker makes the link, so that
no token lies in a queue.
"""

from uuid import UUID

from django.db import transaction
from django.urls import reverse

from tenants.directory.tenant import Tenant
from tenants.identity.doors import way_in
from tenants.identity.models import User
from tenants.identity.tokens import HOUR_SECONDS, LIFE_SECONDS, make_token
from tenants.kernel import context
from tenants.kernel.logs import logger
from tenants.kernel.mailing import send_branded

log = logger(__name__)


def post_invitation(user: User, *, inviter: str = "") -> None:
    """Queue the invitation of a waiting user, after the commit."""
    _post("invitation", str(user.pk), inviter)


def post_reset(email: str) -> None:
    """Queue a link to a new password. Known and unknown addresses cost the same here."""
    _post("reset", email.strip().lower())


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
    if kind == "invitation":
        _write_invitation(tenant, *args)
    else:
        _write_reset(tenant, *args)


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
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None or way_in(user, tenant) is None:
        log.info("reset mail not sent: no such user here")
        return
    values = {
        "name": user.name,
        "hours": LIFE_SECONDS["reset"] // HOUR_SECONDS,
        "url": _link(tenant, user, "reset", "reset"),
    }
    send_branded(tenant, "reset", user.email, values, language=_language(tenant, user))


def _link(tenant: Tenant, user: User, purpose: str, page: str) -> str:
    token = make_token(user, purpose=purpose)
    return tenant.base_url + reverse(page, args=[user.pk, token], urlconf="tenants.identity.urls")


def _language(tenant: Tenant, user: User) -> str:
    return user.language or (tenant.company.language if tenant.company else "en")
