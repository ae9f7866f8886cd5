"""Reads about followers.

Whoever owns a record follows it as long as they own it, without a row of their own; others
follow because they asked to, or because a note mentioned them.
"""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from tenants.records.models import Follow, Record
from tenants.records.registry import type_of


def followers_of(record: Record) -> "QuerySet[Any]":
    """The active users who hear of a record, by name."""
    rows = _rows(record).values("user_id")
    users = apps.get_model("identity", "User")._default_manager.filter(is_active=True)
    return users.filter(Q(pk__in=rows) | Q(pk=record.owner_id)).order_by("name", "id")


def follows(record: Record, user_id: UUID | None) -> bool:
    """Whether a user asked to hear of it, ownership aside."""
    return user_id is not None and _rows(record).filter(user_id=user_id).exists()


def _rows(record: Record) -> "QuerySet[Follow]":
    record_type = type_of(record)
    return Follow.objects.filter(record_type=record_type.name if record_type else "", record_id=record.pk)
