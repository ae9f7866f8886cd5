"""Telling colleagues: notifications, and channels of Slack, Teams and Discord."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenants.automation.catalogue import ActionKind, Param
from tenants.automation.definition.scopes import as_text, id_of, path_of, plain
from tenants.automation.engine.step import Step
from tenants.identity.queries import active_users
from tenants.identity.teams import team_by_id
from tenants.kernel.errors import Invalid
from tenants.notifications import chats
from tenants.notifications.actions import notify

PEOPLE = _("People")
KIND = "workflow_message"
"""The kind of notification that steps send (`notified.KINDS`)."""
PRIORITIES = (("", _("Usual")), ("low", _("Low")), ("high", _("High")), ("urgent", _("Urgent")))


def notify_user(step: Step) -> Mapping[str, Any]:
    raw = step.params.get("users") or []
    ids = [one for one in map(id_of, raw if isinstance(raw, list) else [raw]) if one]
    return _notify(step, ids)


def notify_team(step: Step) -> Mapping[str, Any]:
    team_id = id_of(step.params.get("team"))
    if team_id is None:
        raise Invalid({"team": [_t("This is no team of the company.")]})
    return _notify(step, list(team_by_id(team_id).memberships.values_list("user_id", flat=True)))


def _notify(step: Step, ids: list[UUID]) -> Mapping[str, Any]:
    found = list(active_users().filter(pk__in=ids).values_list("pk", flat=True))
    if not found:
        raise Invalid({"users": [_t("There is nobody to tell: name active people.")]})
    record, record_type = step.record, step.record_type
    url = path_of(record_type, record.pk) if record_type and record is not None else ""
    count = notify(
        kind=KIND, user_ids=found, title=as_text(step.params.get("title"))[:200], text=as_text(step.params.get("text")),
        url=url, record=record, priority=str(step.params.get("priority") or ""), key=step.idempotency_key,
        by=step.actor,
    )  # fmt: skip
    return {"told": count}


def post_to_chat(step: Step) -> Mapping[str, Any]:
    connection_id = id_of(step.params.get("connection"))
    if connection_id is None:
        raise Invalid({"connection": [_t("Choose a connected channel.")]})
    record, record_type = step.record, step.record_type
    chats.post(
        connection_id=connection_id, text=as_text(step.params.get("text")), title=as_text(step.params.get("title")),
        url=path_of(record_type, record.pk) if record_type and record is not None else "", key=step.idempotency_key,
        by=step.actor,
    )  # fmt: skip
    return {"posted": True}


def _told_chat(step: Step) -> Mapping[str, Any]:
    return {name: plain(step.params.get(name)) for name in ("connection", "title", "text")}


def _channels() -> list[tuple[str, str]]:
    return [(str(one.pk), str(one.name)) for one in chats.connections()]


TITLE = Param(name="title", label=_("Title"), is_required=True)
TEXT = Param(name="text", label=_("Text"), kind="long_text")
PRIORITY = Param(name="priority", label=_("Priority"), kind="choice", choices=PRIORITIES)
TOLD = {"told": _("How many were told")}


def _chat(name: str, label: Any, icon: str) -> ActionKind:
    return ActionKind(
        name=name, label=label, icon=icon, group=PEOPLE, run=post_to_chat, told=_told_chat, is_outward=True,
        needs_record=False, outputs={"posted": _("Whether it was posted")},
        params=(
            Param(name="connection", label=_("Channel"), kind="choice", choices=_channels, is_required=True),
            Param(name="title", label=_("Title")),
            Param(name="text", label=_("Text"), kind="long_text", is_required=True),
        ),
    )  # fmt: skip


ACTIONS = (
    ActionKind(
        name="notify_user", label=_("Notify people"), icon="bell", group=PEOPLE, run=notify_user, needs_record=False,
        params=(Param(name="users", label=_("People"), kind="users", is_required=True), TITLE, TEXT, PRIORITY),
        outputs=TOLD,
    ),
    ActionKind(
        name="notify_team", label=_("Notify a team"), icon="bell-ringing", group=PEOPLE, run=notify_team,
        needs_record=False,
        params=(Param(name="team", label=_("Team"), kind="team", is_required=True), TITLE, TEXT, PRIORITY),
        outputs=TOLD,
    ),
    _chat("slack_message", _("Post to Slack"), "brand-slack"),
    _chat("teams_message", _("Post to Microsoft Teams"), "brand-teams"),
    _chat("discord_message", _("Post to Discord"), "brand-discord"),
)  # fmt: skip
