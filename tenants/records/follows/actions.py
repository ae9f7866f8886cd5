"""Beginning and ceasing to follow."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied
from tenants.records.models import Follow, Record
from tenants.records.queries import require
from tenants.records.registry import type_of


@transaction.atomic
def follow(*, record: Record, by: Actor) -> None:
    """Once, however often it is asked. Raises Denied for whoever is no person of the company."""
    record_type = type_of(record)
    assert record_type
    require(by, "view", record_type.name)
    let_follow(record=record, user_ids=[_person(by)])


@transaction.atomic
def unfollow(*, record: Record, by: Actor) -> None:
    record_type = type_of(record)
    assert record_type
    require(by, "view", record_type.name)
    Follow.objects.filter(record_type=record_type.name, record_id=record.pk, user_id=_person(by)).delete()


def let_follow(*, record: Record, user_ids: Iterable[UUID]) -> None:
    """Users follow because something concerns them, like a note that mentions them."""
    record_type = type_of(record)
    assert record_type
    rows = [Follow(record_type=record_type.name, record_id=record.pk, user_id=user_id) for user_id in user_ids]
    Follow.objects.bulk_create(rows, ignore_conflicts=True)


def _person(by: Actor) -> UUID:
    if not by.user_id:
        raise Denied(_("Only people follow records. Sign in, or use a person's API key."))
    return by.user_id
