"""Reads of shares: who has a record by share, who may share it, and with whom."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.records.models import Record, Share
from tenants.records.queries import may_touch
from tenants.records.registry import RecordType, type_of
from tenants.records.sight import VIEW

MOST_OFFERED = 10
EDIT = "edit"


def may_share(actor: Actor, record: Record) -> bool:
    """Who may edit the record in their own right. What is only lent to somebody they cannot pass on.

    A share opens to look or to edit, so nobody can give away more than they have.
    """
    record_type, permit = type_of(record), actor.permit
    if record_type is None or record_type.is_common:
        return False
    if permit.user_id is not None and not permit.grants_verb(EDIT, record_type.name):
        return False
    alone = replace(actor, permit=replace(permit, standings=(), kept={})) if permit.standings else actor
    return may_touch(alone, EDIT, record)


def require_share(actor: Actor, record: Record) -> None:
    if not may_share(actor, record):
        raise Denied(_("Only who may edit this in their own right may share it."))


def shares_of(record: Record) -> "QuerySet[Share]":
    """The shares of one record, teams first, by name."""
    record_type = type_of(record)
    rows = Share.objects.filter(record_type=record_type.name if record_type else "", record_id=record.pk)
    rows = rows.select_related("user__role", "team", "shared_by")
    return rows.order_by(F("team__name").asc(nulls_last=True), "user__name", "id")


def share_here(record: Record, share_id: UUID) -> Share:
    """A share of this record, or NotFound."""
    found = shares_of(record).filter(pk=share_id).first()
    if not found:
        raise NotFound(_("This is not shared like that any more."))
    return found


def short_of(share: Share, record_type: RecordType) -> str:
    """Why a share opens less than it says; empty where it does not."""
    if share.user is None:
        return ""
    if not share.user.is_active:
        return _("Deactivated: opens nothing until they are back.")
    role = share.user.role
    verbs = _granted(role.as_grants, record_type.name) if role else frozenset()
    what = {"role": role.name if role else _("No role"), "what": record_type.label.lower()}
    if not verbs & {VIEW, "*"}:
        return _("Opens nothing: %(role)s may not see %(what)s.") % what
    if share.may_edit and not verbs & {EDIT, "*"}:
        return _("To look only: %(role)s may not edit %(what)s.") % what
    return ""


def _granted(grants: Any, name: str) -> frozenset[str]:
    found: frozenset[str] = grants.get(name, grants.get("*", frozenset()))
    return found


@dataclass(frozen=True)
class Offer:
    """Somebody to share with. `key` is `user:<id>` or `team:<id>`."""

    key: str
    name: str
    second: str
    is_team: bool


def offers(actor: Actor, text: str) -> list[Offer]:
    """People and teams whose name has the text: the first few of each."""
    return [*_teams(text), *_people(actor, text)]


def _teams(text: str) -> Iterator[Offer]:
    rows = apps.get_model("identity", "Team")._default_manager.filter(name__icontains=text).order_by("name")
    for row in rows[:MOST_OFFERED]:
        yield Offer(f"team:{row.pk}", row.name, _("Team"), is_team=True)


def _people(actor: Actor, text: str) -> Iterator[Offer]:
    rows = apps.get_model("identity", "User")._default_manager.filter(is_active=True, name__icontains=text)
    if actor.user_id:
        rows = rows.exclude(pk=actor.user_id)
    for row in rows.order_by("name", "id")[:MOST_OFFERED]:
        yield Offer(f"user:{row.pk}", str(row), row.email, is_team=False)
