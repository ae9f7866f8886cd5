"""Processes that a killed `infra/up` left behind: found by a mark in their environment.

The kernel asks them to end when their parent dies, but one that is itself killed cannot take
its own children along, and a slow one still holds the port.
"""

import os
import signal
import time
from pathlib import Path

MARK = "OMNIFLOW_STARTED_FOR"
GRACE_SECONDS = 5.0


def end_leftovers(data_dir: Path) -> None:
    """Wait a little for them, then kill. The caller holds the data folder's lock, so none is in use."""
    until = time.monotonic() + GRACE_SECONDS
    while left := _marked(data_dir):
        if time.monotonic() > until:
            for pid in left:
                _signal(pid, signal.SIGKILL)
        time.sleep(0.1)


def _marked(data_dir: Path) -> list[int]:
    mark = os.fsencode(f"{MARK}={data_dir}")
    proc = Path("/proc")
    pids = [int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()] if proc.is_dir() else []
    return [pid for pid in pids if pid != os.getpid() and mark in _environment(pid)]


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
