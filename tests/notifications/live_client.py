"""A browser's socket as tests need it, and the process of live pages over this test's own database."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import websockets
from django.conf import settings

from tests.plugin import ROOT
from tests.stack import free_port


@contextmanager
def live_process(log: Path) -> Iterator[int]:
    """The real process, as `infra/up` starts it; its port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "1", "saas.asgi:application"]  # fmt: skip
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=file, stderr=file)
    try:
        _wait(port, log)
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _wait(port: int, log: Path) -> None:
    import urllib.request

    ends_at = time.monotonic() + 30
    while time.monotonic() < ends_at:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


def headers(host: str, session: str, *, origin: str = "") -> dict[str, str]:
    port = f":{settings.PORT}" if settings.SCHEME == "http" else ""
    return {
        "Host": f"{host}{port}", "Origin": origin or f"{settings.SCHEME}://{host}{port}",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}",
    }  # fmt: skip


async def opened(port: int, host: str, session: str, *, origin: str = "", path: str = "/live/") -> Any:
    """A socket. Raises InvalidStatus where it is refused."""
    known = headers(host, session, origin=origin)
    return await websockets.connect(
        f"ws://{known['Host']}{path}", host="127.0.0.1", port=port, origin=known.pop("Origin"),  # type: ignore[arg-type]
        additional_headers={"Cookie": known["Cookie"]}, open_timeout=10, proxy=None,
    )  # fmt: skip


async def heard(socket: Any, seconds: float = 5.0) -> Any:
    """The next word; None when there comes none."""
    try:
        return json.loads(await asyncio.wait_for(socket.recv(), seconds))
    except TimeoutError:
        return None
