"""A browser that follows every link of a host and keeps what it read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

LINKS = re.compile(r'(?:href|src|hx-get|data-url)="([^"]+)"')
MOST_PAGES = 200
NEVER = ("/static/", "/sign-out", "/api/")


@dataclass(frozen=True)
class Read:
    url: str
    status: int
    text: str
    is_page: bool
    answer: Any


def crawl(client: Client, host: str, start: str = "/") -> list[Read]:
    """Every GET reachable from a page of one host, each path once, of a list at most a few."""
    waiting, seen, found = [start], {start}, []
    while waiting and len(found) < MOST_PAGES:
        url = waiting.pop(0)
        read = fetch(client, url)
        found.append(read)
        for link in _links(read, host):  # a redirect's goal, too
            shape = _shape(link)
            if shape not in seen:
                seen.add(shape)
                waiting.append(link)
    return found


def fetch(client: Client, url: str) -> Read:
    answer = client.get(url)
    kind = answer.get("Content-Type", "")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = body.decode(errors="replace")
    goal = f'href="{answer["Location"]}"' if answer.has_header("Location") else ""
    return Read(
        url, answer.status_code, text + str(answer.headers) + goal, "text/html" in kind and "<html" in text, answer
    )


def _links(read: Read, host: str) -> Iterator[str]:
    for raw in LINKS.findall(read.text):
        parts = urlsplit(urljoin(read.url, unescape(raw)))
        if (
            parts.scheme in ("", "http", "https")
            and (parts.hostname or host) == host
            and not parts.path.startswith(NEVER)
        ):
            # The page adds what was chosen to links of many rows at once; all of them, here.
            query = parts.query or ("all=1" if "/bulk/" in parts.path else "")
            yield parts.path + (f"?{query}" if query else "")


def _shape(url: str) -> str:
    """Links that differ in their query alone count as one, but for the names of its parameters."""
    path, _, query = url.partition("?")
    return f"{path}?{'&'.join(sorted(pair.partition('=')[0] for pair in query.split('&')))}"
