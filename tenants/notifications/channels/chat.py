"""Slack, Teams or Discord: a person's notifications go to the connection they chose."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import ProviderFailed
from tenants.notifications.channels import discord, slack, teams
from tenants.notifications.channels.base import Message
from tenants.notifications.channels.posting import post
from tenants.notifications.enums import Service
from tenants.notifications.errors import Gone
from tenants.notifications.models import ChatConnection

PAYLOADS: Mapping[str, Callable[[Message], dict[str, Any]]] = {
    Service.SLACK: slack.payload,
    Service.TEAMS: teams.payload,
    Service.DISCORD: discord.payload,
}


class Chat:
    name = "chat"
    label = _("Chat")
    icon = "messages"
    is_calm = False

    def is_available(self) -> bool:
        return True

    def reachable(self, users: Sequence[Any], wishes: Any) -> set[Any]:
        """Those who chose a connection that is still open to people."""
        chosen = {user.pk: wishes[user.pk].connection for user in users if user.pk in wishes}
        return {user_id for user_id, one in chosen.items() if one and one.is_for_people}

    def send(self, delivery: Any, user: Any, message: Message) -> None:
        if not delivery.connection or not delivery.connection.is_for_people:
            raise Gone
        send_to(delivery.connection, message)


def send_to(connection: ChatConnection, message: Message) -> None:
    """Post once, and note on the connection how that went. Raises Refused, Gone, TryLater, NotReachable."""
    told: dict[str, Any] = {"last_error": "", "last_sent_at": timezone.now()}
    try:
        post(connection.url.reveal(), json=PAYLOADS[connection.service](message))
    except ProviderFailed as error:
        told = {"last_error": str(error.detail)[:200]}
        raise
    finally:
        ChatConnection.objects.filter(pk=connection.pk).update(**told)
