"""Posting to addresses outside: what an answer means for the next try."""

from collections.abc import Mapping
from typing import Any

from tenants.kernel.outbound import Answer, NotAllowed, StaysInside, fetch
from tenants.notifications.errors import Gone, Refused, TryLater

MOST_BYTES = 64 * 1024
LONGEST_PAUSE_SECONDS = 3600
COME_AGAIN = (408, 425, 429)


def post(url: str, **how: Any) -> Answer:
    """One POST. Raises Refused, Gone, TryLater; NotReachable where nobody answered."""
    try:
        answer = fetch("POST", url, most_bytes=MOST_BYTES, **how)
    except StaysInside:
        raise
    except NotAllowed as error:
        raise Refused(str(error.detail)) from error
    if 200 <= answer.status < 300:
        return answer
    words = _words(answer)
    if answer.status in (404, 410):
        raise Gone(words)
    if answer.status >= 500 or answer.status in COME_AGAIN:
        raise TryLater(words, after_seconds=_pause(answer.headers))
    raise Refused(words)


def _words(answer: Answer) -> str:
    """What they said, short: it is shown."""
    said = " ".join(answer.body.decode(errors="replace").split())[:120]
    return f"{answer.status} {said}".strip()


def _pause(headers: Mapping[str, str]) -> int:
    text = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    seconds = text.partition(".")[0]
    return min(int(seconds), LONGEST_PAUSE_SECONDS) if seconds.isdecimal() and len(seconds) < 8 else 0
