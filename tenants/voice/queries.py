"""Reads of calls and accounts."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenants.crm.models import Account, Contact, Deal
from tenants.voice.enums import OPEN
from tenants.voice.models import AgentPhone, Call, InboundHook, TelephonyAccount

RECORDING_AWAITED = timedelta(minutes=20)
MOST_RECORDING_TRIES = 8
MOST_HOOK_TRIES = 8


def default_account() -> TelephonyAccount | None:
    return TelephonyAccount.objects.filter(is_default=True).first()


def account_by_token(provider: str, token: str) -> TelephonyAccount | None:
    """The account a webhook URL was made for, its token compared in constant time."""
    accounts = TelephonyAccount.objects.filter(provider=provider)
    return next((one for one in accounts if secrets.compare_digest(one.hook_token.encode(), token.encode())), None)


def agent_number(user_id: UUID | None) -> str:
    if user_id is None:
        return ""
    return AgentPhone.objects.filter(user_id=user_id).values_list("number", flat=True).first() or ""


def calls_about(record: Any) -> "QuerySet[Call]":
    """Calls that belong into a record's story."""
    found = Q(pk=record.pk) if isinstance(record, Call) else Q(about_id=record.pk)
    if isinstance(record, Contact):
        found |= Q(contact_id=record.pk)
    return Call.objects.filter(found, deleted_at=None).order_by("-started_at", "-id")


def numbers_of(record: Any) -> list[tuple[str, str]]:
    """(number, whose) that a call about the record may go to, the likeliest first."""
    found: dict[str, str] = {}
    for one in _people(record):
        if one and one.phone:
            found.setdefault(one.phone, str(one))
    return list(found.items())


def _people(record: Any) -> list[Any]:
    if isinstance(record, Contact):
        return [record, record.account]
    if isinstance(record, Deal):
        return [record.contact, record.account]
    if isinstance(record, Account):
        return [record, *record.contacts.filter(deleted_at=None).exclude(phone="").order_by("created_at")[:5]]
    return []


def contact_of(record: Any, number: str) -> Contact | None:
    """The person behind a number on this record."""
    return next((one for one in _people(record) if isinstance(one, Contact) and one.phone == number), None)


def open_calls() -> "QuerySet[Call]":
    return Call.objects.filter(status__in=OPEN)


def awaiting_recording(now: datetime | None = None) -> "QuerySet[Call]":
    """Answered calls whose recording may still come."""
    since = (now or timezone.now()) - RECORDING_AWAITED
    return Call.objects.filter(
        recording="", provider_id__gt="", talk_seconds__gt=0, ended_at__gt=since, account__is_recorded=True,
        recording_tries__lt=MOST_RECORDING_TRIES,
    ).exclude(status__in=OPEN)  # fmt: skip


def waiting_hooks() -> "QuerySet[InboundHook]":
    return InboundHook.objects.filter(processed_at=None, tries__lt=MOST_HOOK_TRIES)


def has_unfinished() -> bool:
    """Whether the reconciler has to come back to this company."""
    return open_calls().exists() or waiting_hooks().exists() or awaiting_recording().exists()
