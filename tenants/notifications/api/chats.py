"""The REST resource `chat-connections`: channels of Slack, Teams and Discord. For who may change the settings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from tenants.kernel import context
from tenants.notifications import chats
from tenants.notifications.api import REFUSALS
from tenants.records.queries import require
from tenants.records.schemas import Strict

router = Router(tags=["Notifications"])


class ConnectionIn(Strict):
    name: str = Field(max_length=80)
    service: str = Field(max_length=10, description="slack, teams or discord")
    url: str = Field(max_length=2_000, description="The incoming webhook. Kept encrypted, never given out")
    is_for_people: bool = Field(False, description="Whether people may send their own notifications there")


class ConnectionPatch(Strict):
    name: str | None = Field(None, max_length=80)
    url: str = Field("", max_length=2_000)
    is_for_people: bool | None = None


class ConnectionOut(Schema):
    id: UUID
    name: str
    service: str
    is_for_people: bool
    last_sent_at: datetime | None
    last_error: str
    created_at: datetime


class ConnectionsOut(Schema):
    items: list[ConnectionOut]
    next: str | None = None


@router.get("", response={200: ConnectionsOut, **REFUSALS}, operation_id="list_chat_connections")
def list_connections(request: HttpRequest) -> Any:
    require(context.actor(), "edit", "settings")
    return {"items": chats.connections()}


@router.post("", response={201: ConnectionOut, **REFUSALS}, operation_id="add_chat_connection")
def add(request: HttpRequest, body: ConnectionIn) -> Any:
    return Status(201, chats.connect(by=context.actor(), **body.model_dump()))


@router.patch("/{connection_id}", response={200: ConnectionOut, **REFUSALS}, operation_id="update_chat_connection")
def update(request: HttpRequest, connection_id: UUID, body: ConnectionPatch) -> Any:
    """What is left out stays."""
    require(context.actor(), "edit", "settings")
    connection = chats.connection_named(connection_id)
    return chats.change(connection=connection, by=context.actor(), **body.model_dump())


@router.post("/{connection_id}/trial", response={204: None, **REFUSALS}, operation_id="try_chat_connection")
def try_out(request: HttpRequest, connection_id: UUID) -> Any:
    """Post a greeting there now; 502 with what the chat said where it did not take it."""
    require(context.actor(), "edit", "settings")
    chats.try_out(connection=chats.connection_named(connection_id), by=context.actor())
    return Status(204, None)


@router.delete("/{connection_id}", response={204: None, **REFUSALS}, operation_id="remove_chat_connection")
def remove(request: HttpRequest, connection_id: UUID) -> Any:
    require(context.actor(), "edit", "settings")
    chats.disconnect(connection=chats.connection_named(connection_id), by=context.actor())
    return Status(204, None)
