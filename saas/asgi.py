"""The process of live pages: websockets at /live/, and a word that it is there. Pages and API are `saas.wsgi`."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saas.settings")
django.setup()

from saas.live.socket import Socket  # noqa: E402 - Django comes first

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
_sockets = Socket.as_asgi()


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await _sockets(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _live_and_die(receive, send)
    else:
        await _answer(send, 200 if scope["path"] == "/healthz" else 404)


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        word = (await receive())["type"]
        await send({"type": f"{word}.complete"})
        if word == "lifespan.shutdown":
            return


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"ok" if status == 200 else b"not here"})
