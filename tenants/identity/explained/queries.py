"""Who may do what with one record, and why: from the same reasons that the lists are made by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from tenants.identity.enums import SETTINGS
from tenants.identity.models import User
from tenants.identity.permits import permits_of
from tenants.identity.queries import active_users
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, NotFound
from tenants.records.explaining import VERBS, Explanation, FieldExplanation, explain_all, explain_fields
from tenants.records.registry import type_of
from tenants.records.sight import VIEW

PAGE = 15
SHORT = (VIEW, "edit", "delete")


@dataclass(frozen=True)
class Member:
    """One person and what they may do with the record. `fields` only where one person is asked about."""

    user: User
    verbs: list[Explanation]
    fields: list[FieldExplanation]

    @property
    def role(self) -> str:
        return self.user.role.name if self.user.role else ""

    @property
    def view(self) -> Explanation:
        return self.verbs[0]


@dataclass(frozen=True)
class Members:
    items: list[Member]
    total: int
    page: int

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.page * PAGE < self.total else None


def may_ask_about_all(actor: Actor) -> bool:
    """Owners and administrators: those who see what roles say."""
    return actor.may("edit", SETTINGS)


def members_of(actor: Actor, record: Any, *, text: str = "", page: int = 1) -> Members:
    """A page of all who work here. Raises Denied for who may only ask about themselves."""
    if not may_ask_about_all(actor):
        raise Denied(_("Only owners and administrators may ask about others."), fix=_("Ask about yourself."))
    rows = active_users().select_related("role").order_by("name", "id")
    if text.strip():
        rows = rows.filter(Q(name__icontains=text.strip()) | Q(email__icontains=text.strip()))
    found = list(rows[(page - 1) * PAGE : page * PAGE])
    explained = explain_all(_actors(found), record, SHORT)
    items = [Member(user, [told[verb] for verb in SHORT], []) for user, told in zip(found, explained, strict=True)]
    return Members(items, rows.count(), page)


def member_of(actor: Actor, record: Any, user_id: UUID) -> Member:
    """All about one person: every verb, every field. Raises Denied, NotFound.

    Who asks about themselves only hears what lets them in: other people's rules and fields that are
    hidden from them do not exist for them.
    """
    asks_all = may_ask_about_all(actor)
    if not asks_all and user_id != actor.user_id:
        raise Denied(_("Only owners and administrators may ask about others."), fix=_("Ask about yourself."))
    user = active_users().select_related("role").filter(pk=user_id).first()
    record_type = type_of(record)
    if not user or not record_type:
        raise NotFound(_("Nobody like that works here."))
    asked = _actors([user])[0]
    told = explain_all([asked], record, VERBS)[0]
    fields = explain_fields(asked, record_type, told["edit"])
    if asks_all:
        return Member(user, [told[verb] for verb in VERBS], fields)
    return Member(user, [_for_oneself(told[verb]) for verb in VERBS], [one for one in fields if one.is_seen])


def _actors(users: Sequence[User]) -> list[Actor]:
    permits = permits_of(users)
    return [user.acting_with(permits[user.pk]) for user in users]


def _for_oneself(told: Explanation) -> Explanation:
    needed = [] if told.is_allowed else [_("Ask an owner or administrator.")]
    return replace(told, steps=told.why, needed=needed)
