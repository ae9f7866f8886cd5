"""The whole program as in production, for tests that look at it from outside.

A database and Redis of its own; sandbox, web, live, worker and beat as processes.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.plugin import ROOT, _clone, _redis_for

START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Stack:
    """Processes by name, and where they are reached."""

    port: int
    folder: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def platform_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def mail_folder(self) -> Path:
        return self.folder / "mail"

    def start(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        command = [sys.executable, "-m", *self._commands[name]]
        self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    @property
    def _commands(self) -> dict[str, list[str]]:
        sandbox_port = self.environment["OMNIFLOW_SANDBOX_URL"].rsplit(":", 1)[1]
        web = ["--interface", "wsgi", "--port", str(self.port), "--workers", "1", "--blocking-threads", "4"]
        live = ["--interface", "asgi", "--port", self.environment["OMNIFLOW_LIVE_PORT"], "--workers", "1"]
        celery = ["celery", "--quiet", "-A", "saas.celery"]
        return {
            "sandbox": ["tests.fakes.serve", "--port", sandbox_port],
            "web": ["granian", *web, "saas.wsgi:application"],
            "live": ["granian", *live, "saas.asgi:application"],
            "worker": [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat"), "--pidfile="],
        }

    def kill(self, name: str) -> None:
        """SIGKILL, children included: the power went."""
        self._signal(name, signal.SIGKILL)
        self.running.pop(name).wait(10)

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """Nothing of it gets on meanwhile, so that a test sees the beginning of quick work."""
        self._signal(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(name, signal.SIGCONT)

    def _signal(self, name: str, number: signal.Signals) -> None:
        pid = self.running[name].pid
        children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
        for one in [pid, *map(int, children.stdout.split())]:
            os.kill(one, number)

    def wait_until_ready(self) -> None:
        ends_at = time.monotonic() + START_SECONDS
        while time.monotonic() < ends_at:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("not ready:\n" + self.logs())

    def logs(self) -> str:
        return "\n".join(f"--- {path.stem}\n{path.read_text()[-3000:]}" for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def running_stack(name: str, folder: Path) -> Iterator[Stack]:
    port, sandbox, live = free_port(), free_port(), free_port()
    environment = os.environ | {
        "DATABASE_URL": _clone(name),
        "REDIS_URL": _redis_for(f"gw{sum(name.encode()) % 6 + 8}"),
        "OMNIFLOW_DATA_DIR": str(folder),
        "OMNIFLOW_PORT": str(port),
        "OMNIFLOW_SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
        "OMNIFLOW_LIVE_PORT": str(live),
        "PYTHONUNBUFFERED": "1",
    }
    stack = Stack(port, folder, environment)
    try:
        for process in ("sandbox", "web", "live", "worker", "beat"):
            stack.start(process)
        stack.wait_until_ready()
        yield stack
    finally:
        stack.stop()
