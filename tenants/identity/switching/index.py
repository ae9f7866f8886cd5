"""Keeping the index of who works where. It lies in public, and is written after the commit, as audit anchors are."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.utils.crypto import salted_hmac

from tenants.directory.models import Company, Membership
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.context import Place

TOLD = {"email", "is_active"}
"""The columns that the index follows."""


def digest_of(agency_id: UUID, email: str) -> str:
    """Means nothing at another agency, and cannot be tried out without the secret."""
    text = f"{agency_id}:{email.strip().lower()}"
    return salted_hmac("membership", text, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def follow_user(sender: type[User], instance: User, update_fields: Any = None, **_: Any) -> None:
    place = context.place()
    if not place.company_id or (update_fields is not None and not TOLD & set(update_fields)):
        return
    transaction.on_commit(lambda: keep(place, instance), robust=True)


def forget_user(sender: type[User], instance: User, **_: Any) -> None:
    place, user_id = context.place(), instance.pk
    if place.company_id:
        transaction.on_commit(lambda: _drop(place, user_id), robust=True)


def keep(place: Place, user: User) -> None:
    """What the index says of one person at one company."""
    if not user.is_active:
        _drop(place, user.pk)
        return
    assert place.agency_id
    assert place.company_id
    row = Membership(
        agency_id=place.agency_id, company_id=place.company_id, user_id=user.pk,
        digest=digest_of(place.agency_id, user.email),
    )  # fmt: skip
    with context.public():
        Membership.objects.bulk_create(
            [row], update_conflicts=True, unique_fields=["company", "user_id"], update_fields=["digest", "updated_at"]
        )


def _drop(place: Place, user_id: UUID) -> None:
    assert place.company_id
    with context.public():
        Membership.objects.filter(company_id=place.company_id, user_id=user_id).delete()


def rebuild(company: Company) -> int:
    """The index of one company anew, from its own tables; how many people that are."""
    with context.inside(company.place):
        people = list(User.objects.filter(is_active=True))
    rows = [
        Membership(
            company=company, agency_id=company.agency_id, user_id=one.pk, digest=digest_of(company.agency_id, one.email)
        )
        for one in people
    ]
    with context.public(), transaction.atomic():
        Membership.objects.filter(company=company).delete()
        Membership.objects.bulk_create(rows)
    return len(rows)


def watch() -> None:
    post_save.connect(follow_user, sender=User, dispatch_uid="memberships: user saved")
    post_delete.connect(forget_user, sender=User, dispatch_uid="memberships: user deleted")
