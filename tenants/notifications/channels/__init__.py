"""The ways to reach people, in the order in which they are shown."""

from collections.abc import Mapping

from tenants.kernel.errors import NotFound
from tenants.notifications.channels.base import Channel, Message
from tenants.notifications.channels.chat import Chat
from tenants.notifications.channels.email import Email
from tenants.notifications.channels.in_app import InApp
from tenants.notifications.channels.push import Push
from tenants.notifications.channels.sms import Sms

IN_APP = "in_app"
_all: tuple[Channel, ...] = (InApp(), Email(), Push(), Chat(), Sms())
CHANNELS: Mapping[str, Channel] = {one.name: one for one in _all}


def channel_named(name: str) -> Channel:
    """Raises NotFound."""
    if name not in CHANNELS:
        raise NotFound(f"There is no channel called “{name}”.")
    return CHANNELS[name]


def outward() -> list[Channel]:
    """Those that send; the centre is simply there."""
    return [one for name, one in CHANNELS.items() if name != IN_APP]


__all__ = ["CHANNELS", "IN_APP", "Channel", "Message", "channel_named", "outward"]
