"""What Slack makes of a message: blocks, with plain text for where they are not shown."""

from typing import Any

from tenants.notifications.channels.base import Message

LONGEST_TEXT = 2_900
MOST_FIELDS = 10


def escaped(text: str) -> str:
    """Slack reads &, < and > as its own: a customer's name must not become a link or call the channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def payload(message: Message) -> dict[str, Any]:
    head = f"*{escaped(message.title)}*"
    body = f"{head}\n{escaped(message.text)}" if message.text else head
    blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": body[:LONGEST_TEXT]}}]
    if message.fields:
        pairs = message.fields[:MOST_FIELDS]
        shown = [{"type": "mrkdwn", "text": f"*{escaped(n)}*\n{escaped(v)}"[:1_900]} for n, v in pairs]
        blocks.append({"type": "section", "fields": shown})
    if message.url:
        words = {"type": "plain_text", "text": message.link_label[:75] or "Open"}
        blocks.append({"type": "actions", "elements": [{"type": "button", "text": words, "url": message.url}]})
    return {"text": escaped(message.title), "blocks": blocks, "unfurl_links": False}
