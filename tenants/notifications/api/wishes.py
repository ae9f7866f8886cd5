"""The REST resource `notification-wishes`: how one wants to be told, and what holds for all who said nothing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from tenants.identity.access import require_oneself
from tenants.kernel import context
from tenants.notifications import chats, wishing
from tenants.notifications.actions import person
from tenants.notifications.api import REFUSALS
from tenants.notifications.channels import CHANNELS
from tenants.notifications.kinds import kinds
from tenants.notifications.models import Wishes
from tenants.notifications.planning import EMPTY, wants
from tenants.notifications.queries import wishes_of
from tenants.records.queries import require
from tenants.records.schemas import Strict

router = Router(tags=["Notifications"])


class NotificationKindOut(Schema):
    """A kind of notification, and by which channels it comes."""

    name: str
    label: str
    about: str
    is_urgent: bool
    comes_with: str = Field(description="The module that will send it, where it is not there yet; else empty")
    channels: dict[str, bool]


class QuietOut(Schema):
    begins: str
    ends: str
    days: list[int]


class QuietIn(Strict):
    begins: str = Field("", max_length=5, description="Like 22:00, on your clock; empty: no quiet hours")
    ends: str = Field("", max_length=5)
    days: list[int] = Field(default_factory=list, max_length=7, description="On which they begin, Monday 0")


class DigestIn(Strict):
    every: str = Field("daily", max_length=10, description="hourly, daily or weekly")
    at: str = Field("08:00", max_length=5)
    weekday: int = Field(0, description="Of a weekly one, Monday 0")
    kinds: list[str] = Field(default_factory=list, max_length=100, description="What comes in it; none: no digest")


class WishesOut(Schema):
    kinds: list[NotificationKindOut]
    quiet: QuietOut | None
    digest: DigestIn | None
    paused_until: datetime | None
    chat_connection: UUID | None
    muted: list[str] = Field(description="Records as type:id")


class WishesIn(Strict):
    """What is left out stays as it is."""

    channels: dict[str, dict[str, bool | None]] = Field(
        default_factory=dict, description='{"mention": {"email": false}}; null: as the company has it'
    )
    quiet: QuietIn | None = None
    digest: DigestIn | None = None
    paused_until: datetime | None = Field(None, description="Nothing but what is urgent until then")
    is_paused: bool | None = Field(None, description="false ends a pause")
    chat_connection: UUID | None = None
    has_chat: bool | None = Field(None, description="false: to no chat any more")


class DefaultsOut(Schema):
    kinds: list[NotificationKindOut]


class DefaultsIn(Strict):
    channels: dict[str, dict[str, bool | None]]


def _kinds(own: Wishes, common: Wishes) -> list[dict[str, Any]]:
    return [
        {
            "name": kind.name, "label": str(kind.label), "about": str(kind.about), "is_urgent": kind.is_urgent,
            "comes_with": str(kind.comes_with),
            "channels": {
                name: channel.is_available() and not kind.comes_with and wants(own, common, kind, name)
                for name, channel in CHANNELS.items()
            },
        }
        for kind in kinds().values()
    ]  # fmt: skip


def _shown(own: Wishes) -> dict[str, Any]:
    quiet = own.quiet
    return {
        "kinds": _kinds(own, wishes_of(None)), "digest": own.bundle or None, "paused_until": own.paused_until,
        "quiet": {"begins": quiet["from"], "ends": quiet["to"], "days": quiet["days"]} if quiet else None,
        "chat_connection": own.connection_id, "muted": own.muted,
    }  # fmt: skip


@router.get("", response={200: WishesOut, **REFUSALS}, operation_id="get_notification_wishes")
def get_wishes(request: HttpRequest) -> Any:
    """How you want to be told of what."""
    require_oneself(request)
    return _shown(wishes_of(person(context.actor())))


@router.patch("", response={200: WishesOut, **REFUSALS}, operation_id="update_notification_wishes")
def update_wishes(request: HttpRequest, body: WishesIn) -> Any:
    """Say what shall change; the rest stays."""
    require_oneself(request)
    actor = context.actor()
    if body.channels:
        wishing.set_channels(chosen=body.channels, by=actor)
    if body.quiet is not None:
        wishing.set_quiet(by=actor, **body.quiet.model_dump())
    if body.digest is not None:
        wishing.set_digest(by=actor, **body.digest.model_dump())
    if body.paused_until is not None or body.is_paused is False:
        wishing.pause(until=body.paused_until, by=actor)
    if body.chat_connection is not None or body.has_chat is False:
        connection = chats.connection_named(body.chat_connection) if body.chat_connection else None
        wishing.choose_connection(connection=connection, by=actor)
    return _shown(wishes_of(person(actor)))


@router.get("/defaults", response={200: DefaultsOut, **REFUSALS}, operation_id="get_notification_defaults")
def get_defaults(request: HttpRequest) -> Any:
    """What holds for all who have not said otherwise."""
    require(context.actor(), "edit", "settings")
    return {"kinds": _kinds(EMPTY, wishes_of(None))}


@router.patch("/defaults", response={200: DefaultsOut, **REFUSALS}, operation_id="update_notification_defaults")
def update_defaults(request: HttpRequest, body: DefaultsIn) -> Any:
    wishing.set_defaults(chosen=body.channels, by=context.actor())
    return {"kinds": _kinds(EMPTY, wishes_of(None))}
