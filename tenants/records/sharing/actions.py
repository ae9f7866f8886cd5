"""Writes of shares. History and event `<type>.shared`, `<type>.unshared`; the audit hears of both."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tenants.records.actions import note_change
from tenants.records.models import Record, Share
from tenants.records.registry import RecordType, type_of
from tenants.records.sharing.queries import require_share, shares_of

MOST_SHARES = 100
"""Of one record; more are better served by a team or a rule."""


@transaction.atomic
def share_record(
    *, record: Record, user_id: UUID | None = None, team_id: UUID | None = None, may_edit: bool = False, by: Actor
) -> tuple[Share, bool]:
    """Open a record to one person or team, or change how far; also tells whether the share is new.

    Raises Denied, Invalid, Conflict.
    """
    record_type = _shareable(record)
    require_share(by, record)
    found = _target(user_id, team_id, by)
    record_type.model._default_manager.select_for_update().filter(pk=record.pk).values_list("pk").first()
    share = shares_of(record).filter(**found).first()
    if share and share.may_edit == may_edit:
        return share, False
    before = _words(share) if share else None
    if share is None:
        _check_room(record)
        share = Share(record_type=record_type.name, record_id=record.pk, **found)
    is_new = before is None
    share.may_edit, share.shared_by_id = may_edit, by.user_id
    share.save(force_insert=is_new)
    note_change(record=record, action="shared", changes={"shared_with": [before, _words(share)]}, by=by)
    return share, is_new


@transaction.atomic
def unshare_record(*, record: Record, share: Share, by: Actor) -> None:
    """Take a share away; taken away twice changes nothing. One may always give up one's own. Raises Denied."""
    if by.user_id is None or share.user_id != by.user_id:
        require_share(by, record)
    found = shares_of(record).select_for_update(of=("self",)).filter(pk=share.pk).first()
    if found:
        words = _words(found)
        found.delete()
        note_change(record=record, action="unshared", changes={"shared_with": [words, None]}, by=by)


def _shareable(record: Record) -> RecordType:
    record_type = type_of(record)
    assert record_type, "only records of a registered type are shared"
    if record_type.is_common:
        text = _("Everybody who may see %(what)s sees them all: there is nothing to share.")
        raise Conflict(text % {"what": record_type.label.lower()})
    return record_type


def _target(user_id: UUID | None, team_id: UUID | None, by: Actor) -> dict[str, Any]:
    """One person who works here, or one team. Raises Invalid."""
    if (user_id is None) == (team_id is None):
        raise Invalid({"with": [_("Choose one person or one team.")]})
    if user_id is None:
        assert team_id
        team = apps.get_model("identity", "Team")._default_manager.filter(pk=team_id).first()
        if not team:
            raise Invalid({"team_id": [_("There is no such team.")]})
        return {"team": team}
    user = apps.get_model("identity", "User")._default_manager.filter(pk=user_id, is_active=True).first()
    if not user:
        raise Invalid({"user_id": [_("Nobody like that works here.")]})
    if user.pk == by.user_id:
        raise Invalid({"user_id": [_("You have it already: share it with somebody else.")]})
    return {"user": user}


def _check_room(record: Record) -> None:
    if shares_of(record).count() >= MOST_SHARES:
        raise Conflict(
            _("This is shared with %(most)d people and teams, which is as many as can be.") % {"most": MOST_SHARES},
            fix=_("Share it with a team, or ask an administrator for a sharing rule."),
        )


def _words(share: Share) -> dict[str, str]:
    """As history keeps it."""
    name = str(share.user or share.team)
    words = _("%(name)s (may edit)") if share.may_edit else _("%(name)s (may look)")
    return {"id": str(share.user_id or share.team_id), "name": words % {"name": name}}
