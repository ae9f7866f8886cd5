"""What Microsoft Teams makes of a message: an Adaptive Card, as workflows' webhooks take it."""

from typing import Any

from tenants.notifications.channels.base import Message

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"


def payload(message: Message) -> dict[str, Any]:
    body: list[dict[str, Any]] = [
        {"type": "TextBlock", "text": _plain(message.title), "weight": "Bolder", "size": "Medium", "wrap": True}
    ]
    if message.text:
        body.append({"type": "TextBlock", "text": _plain(message.text), "wrap": True})
    if message.fields:
        facts = [{"title": _plain(name), "value": _plain(value)} for name, value in message.fields]
        body.append({"type": "FactSet", "facts": facts})
    card: dict[str, Any] = {"type": "AdaptiveCard", "$schema": SCHEMA, "version": "1.4", "body": body}
    if message.url:
        card["actions"] = [{"type": "Action.OpenUrl", "title": message.link_label or "Open", "url": message.url}]
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _plain(text: str) -> str:
    """Cards read Markdown: a link must not come out of somebody's name."""
    for sign in "\\[]()*_":
        text = text.replace(sign, f"\\{sign}")
    return text[:4_000]
