"""What Discord makes of a message: an embed. Nobody is called by what a customer is named."""

from typing import Any

from tenants.notifications.channels.base import Message

MOST_FIELDS = 25


def payload(message: Message) -> dict[str, Any]:
    embed: dict[str, Any] = {"title": message.title[:256], "description": message.text[:4_000]}
    if message.url:
        embed["url"] = message.url
    if message.fields:
        pairs = message.fields[:MOST_FIELDS]
        embed["fields"] = [
            {"name": name[:256] or "–", "value": value[:1_024] or "–", "inline": True} for name, value in pairs
        ]
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}
