"""A browser's socket: hears what its person is told, and topics it asks for. It says next to nothing.

In: {"listen": "workflow.runs"}, {"leave": "workflow.runs"}. Out: {"kind", "topic", "data"}; the kind `over` is the
last: that page does not come again by itself.
"""

import asyncio
import contextlib
import json
from typing import Any, Final

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from saas.live.entry import Guest, guest, hears
from tenants.kernel import context, live

NOT_YOU: Final = 4401
"""Signed out, or never in: the page does not come again by itself."""
OVER: Final = "over"
"""The last word to such a page."""
TOO_MUCH: Final = 4408
MOST_TOPICS: Final = 20
MOST_LETTERS: Final = 500
LOOK_EVERY_SECONDS: float = 60.0


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]
    guest: Guest | None = None
    watch: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        """Refused before the handshake is answered: no page learns why."""
        self.topics: set[str] = set()
        self.guest = await guest(self.scope)
        if self.guest is None:
            await self.close(NOT_YOU)
            return
        await self.channel_layer.group_add(self._own_group(self.guest), self.channel_name)
        await self.accept()
        self.watch = asyncio.create_task(self._keep_looking())

    async def disconnect(self, code: int) -> None:
        if self.watch:
            self.watch.cancel()
        if self.guest:
            await self.channel_layer.group_discard(self._own_group(self.guest), self.channel_name)
            for topic in self.topics:
                await self.channel_layer.group_discard(self._group(topic), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        said = _said(text_data)
        if said is None:
            await self.close(TOO_MUCH)
        elif topic := said.get("listen"):
            await self._listen(str(topic))
        elif topic := said.get("leave"):
            await self._leave(str(topic))

    async def _listen(self, topic: str) -> None:
        if self.guest is None or topic in self.topics:
            return
        if len(self.topics) >= MOST_TOPICS or not live.TOPIC.fullmatch(topic) or not await hears(self.guest, topic):
            await self.send(text_data=json.dumps({"kind": "refused", "topic": topic[:40], "data": {}}))
            return
        self.topics.add(topic)
        await self.channel_layer.group_add(self._group(topic), self.channel_name)
        await self.send(text_data=json.dumps({"kind": "listening", "topic": topic, "data": {}}))

    async def _leave(self, topic: str) -> None:
        if topic in self.topics:
            self.topics.discard(topic)
            await self.channel_layer.group_discard(self._group(topic), self.channel_name)

    async def _keep_looking(self) -> None:
        """By way of the group of one's own: what ends the socket is raised where words are handled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            await self.channel_layer.send(self.channel_name, {"type": live.LOOK_AGAIN})

    async def _end(self) -> None:
        """Say that it is over, and leave all groups: granian 2.8 sends no code while it waits for the page's next word,
        so our page closes by itself, and another hears nothing more.
        """
        await self.send(text_data=json.dumps({"kind": OVER, "topic": "", "data": {}}))
        await self.close(NOT_YOU)
        await self.disconnect(NOT_YOU)
        raise StopConsumer

    # What groups send, by its type.

    async def live_word(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message["word"]))

    async def live_look_again(self, message: dict[str, Any]) -> None:
        """Somebody who was signed out, sent away or whose company was closed hears nothing more."""
        now = await guest(self.scope)
        if self.guest is None or now is None or now.user_id != self.guest.user_id:
            await self._end()
            return
        self.guest = now
        for topic in [one for one in self.topics if not await hears(now, one)]:
            await self._leave(topic)

    # Groups are named in the company's place.

    def _own_group(self, found: Guest) -> str:
        with context.inside(found.place):
            return live.group_of_user(found.user_id)

    def _group(self, topic: str) -> str:
        assert self.guest
        with context.inside(self.guest.place):
            return live.group_of_topic(topic)


def _said(text: str | None) -> dict[str, Any] | None:
    """None for what is no word of ours."""
    if text is None or len(text) > MOST_LETTERS:
        return None
    with contextlib.suppress(ValueError):
        found = json.loads(text)
        return found if isinstance(found, dict) else None
    return None
