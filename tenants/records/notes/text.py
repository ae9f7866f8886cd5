"""The text of a note: cleaned HTML of a few tags, its words for the search, whom it mentions."""

import html
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import nh3
from django.utils.html import escape

TAGS = {"p", "br", "b", "strong", "i", "em", "u", "s", "a", "ul", "ol", "li", "h2", "h3", "blockquote", "code", "pre",
        "span"}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "span": {"data-mention"}}
SCHEMES = {"http", "https", "mailto", "tel"}
_MENTION = re.compile(r'<span data-mention="([0-9a-f-]{36})">')
_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|h2|h3|blockquote|pre)>", re.IGNORECASE)


def clean(raw: str) -> str:
    """The body of a note from what was typed: HTML without anything that runs, or plain text as paragraphs."""
    text = raw.replace("\x00", "").strip()
    if not nh3.is_html(text):
        return _paragraphs(text)
    return nh3.clean(
        text, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, attribute_filter=_only_ids, link_rel="noopener"
    ).strip()


def _paragraphs(text: str) -> str:
    parts = [part for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]
    return "".join(f"<p>{escape(part.strip()).replace(chr(10), '<br>')}</p>" for part in parts)


def _only_ids(tag: str, name: str, value: str) -> str | None:
    if name != "data-mention":
        return value
    try:
        return str(UUID(value))
    except ValueError:
        return None


def words_of(body: str) -> str:
    """A cleaned body without its tags, a line for each block."""
    bare = nh3.clean(_BREAK.sub("\n", body), tags=set())
    lines = (" ".join(line.split()) for line in html.unescape(bare).replace("\xa0", " ").split("\n"))
    return "\n".join(line for line in lines if line)


def mentioned_in(body: str) -> list[UUID]:
    """Ids that a cleaned body mentions, each once, in order."""
    return list(dict.fromkeys(UUID(found) for found in _MENTION.findall(body)))


def without_mentions(body: str, unknown: Iterable[Any]) -> str:
    """The body with mentions of those who are not here turned into plain words."""
    for user_id in unknown:
        body = body.replace(f'<span data-mention="{user_id}">', "<span>")
    return body
