"""Words to open pages: sent after the commit, heard by the browsers of the people they are for.

    live.send(user_ids=[…], kind="notification", data={"title": …})
    live.send(topic="workflow.runs", kind="changed", data={"id": …})

A word is lost where nobody listens, so it says that there is something new, and the page asks for it. Groups
are named with the salt of the place: no company hears another's. Who may listen to a topic, its room says:

    live.topic("workflow.runs", lambda actor: actor.may("view", "workflows"))
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import redis
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.logs import logger

WORD: Final = "live.word"
LOOK_AGAIN: Final = "live.look.again"
TOPIC: Final = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
log = logger(__name__)
_topics: dict[str, Callable[[Actor], bool]] = {}


def topic(name: str, may: Callable[[Actor], bool]) -> None:
    """Let pages listen to a topic: those whose actor `may`. Raises ValueError for a name out of form."""
    if not TOPIC.fullmatch(name):
        raise ValueError(f"{name} is no name of a topic")
    _topics[name] = may


def may_hear(actor: Actor, name: str) -> bool:
    """Nobody hears a topic that no room speaks of."""
    may = _topics.get(name)
    return may is not None and may(actor)


def group_of_user(user_id: UUID) -> str:
    """Of all browsers of one person, in the place we are in."""
    return f"{_salt()}.user.{user_id}"


def group_of_topic(name: str) -> str:
    return f"{_salt()}.topic.{name}"


def _salt() -> str:
    """The company's id, as the names of groups allow it. Raises NoTenant: public has no live pages."""
    return str(context.company_id())


def send(*, user_ids: Iterable[UUID] = (), topic: str = "", kind: str, data: Mapping[str, Any]) -> None:
    """Tell these people's pages, or all that listen to the topic, once this is committed. `data` is plain JSON."""
    groups = [*(group_of_user(one) for one in user_ids), *([group_of_topic(topic)] if topic else [])]
    message = {"type": WORD, "word": {"kind": kind, "topic": topic, "data": dict(data)}}
    _publish_later([(group, message) for group in groups])


def send_each(words: Mapping[UUID, Mapping[str, Any]], *, kind: str) -> None:
    """Tell each of these people their own."""
    pairs = words.items()
    _publish_later([
        (group_of_user(one), {"type": WORD, "word": {"kind": kind, "topic": "", "data": dict(data)}})
        for one, data in pairs
    ])  # fmt: skip


def look_again(user_id: UUID) -> None:
    """Have the person's sockets ask whether they may still listen: a session ended, an account was closed."""
    _publish_later([(group_of_user(user_id), {"type": LOOK_AGAIN})])


def _publish_later(messages: list[tuple[str, dict[str, Any]]]) -> None:
    if messages:
        transaction.on_commit(lambda: _publish(messages), robust=True)


def _publish(messages: list[tuple[str, dict[str, Any]]]) -> None:
    """Without Redis nobody is told, and nothing else fails: pages ask by themselves every minute."""
    try:
        async_to_sync(_send_all)(messages)
    except (redis.RedisError, OSError) as error:
        log.warning("live pages not told", words=len(messages), error=str(error))


async def _send_all(messages: list[tuple[str, dict[str, Any]]]) -> None:
    layer: Any = get_channel_layer()
    for group, message in messages:
        await layer.group_send(group, message)
