"""Servers and processes that a test may kill: PostgreSQL and Redis as `infra/up` starts them, worker and beat."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from infra.launch.services import WORKER_CHILDREN
from saas.embedded import processes
from saas.embedded.errors import EmbeddedError
from saas.embedded.postgres import Postgres
from saas.embedded.redis import Redis

REPO = Path(__file__).resolve().parents[2]
UP_SECONDS = 60
TRIES = 10


@dataclass
class House:
    """What runs. Whatever is killed is started again at once, as a supervisor would."""

    folder: Path
    program: str
    postgres: Postgres
    redis: Redis
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    kills: dict[str, int] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    def start(self, name: str) -> None:
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", self.program]
        argv = {
            "worker": [
                *celery,
                "worker",
                "--concurrency",
                str(WORKER_CHILDREN),
                "--without-gossip",
                "--without-mingle",
            ],
            "beat": [*celery, "beat", "--schedule", str(self.folder / "beat"), "--pidfile="],
        }[name]
        self.running[name] = processes.spawn(argv, log=self.folder / f"{name}.log", cwd=REPO)

    def kill(self, name: str) -> None:
        """SIGKILL of all its processes at once: the power went."""
        {"worker": self._kill_worker, "redis": self._kill_redis, "postgres": self._kill_postgres}[name]()
        self.kills[name] = self.kills.get(name, 0) + 1

    def _kill_worker(self) -> None:
        processes.kill_group(self.running["worker"])
        self.start("worker")

    def _kill_redis(self) -> None:
        assert self.redis.process is not None
        processes.kill_group(self.redis.process)
        self.redis.spawn()
        self._wait_for_redis()

    def _wait_for_redis(self) -> None:
        ends_at = time.monotonic() + UP_SECONDS
        with redis.Redis.from_url(self.redis.url, socket_timeout=1) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError:
                    if time.monotonic() > ends_at:
                        raise
                    time.sleep(0.1)

    def _kill_postgres(self) -> None:
        assert self.postgres.process is not None
        processes.kill_group(self.postgres.process)
        for _ in range(TRIES):
            try:
                self.postgres.start()
                return
            except EmbeddedError:  # a dying process of it still holds its memory
                time.sleep(0.5)
        self.postgres.start()

    def look_after(self) -> None:
        """Start what has ended by itself; it is told, for nothing should."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self.ended.append(f"{name}: {(self.folder / f'{name}.log').read_text()[-3000:]}")
                if len(self.ended) > TRIES:
                    raise AssertionError(self.ended[-1])
                self.start(name)

    def stop(self) -> None:
        for process in self.running.values():
            processes.stop(process, by=signal.SIGTERM, grace_seconds=20)
        self.redis.wipe()
        self.postgres.wipe()


@contextmanager
def prepared_house(program: str, trusted_url: str) -> Iterator[House]:
    """Migrated, with servers that keep what was committed; Django is set up in this process too."""
    with tempfile.TemporaryDirectory(prefix="omniflow-storm-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        house = House(folder, program, Postgres(folder), Redis(folder))
        try:
            os.environ |= _environment(house, trusted_url)
            for command in (["migrate", "-v0", "--skip-checks"], ["fleet", "build"]):
                subprocess.run([sys.executable, "manage.py", *command], cwd=REPO, check=True, stdout=subprocess.DEVNULL)
            import django  # only now do the settings find their environment

            django.setup()
            yield house
        finally:
            house.stop()


def _environment(house: House, trusted_url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": house.postgres.start(),
        "REDIS_URL": house.redis.start(),
        "DJANGO_SETTINGS_MODULE": "saas.settings",
        "CELERY_SKIP_CHECKS": "1",
        "OMNIFLOW_ENV": "production",
        "OMNIFLOW_SCHEME": "http",
        "OMNIFLOW_DATA_DIR": str(house.folder),
        "OMNIFLOW_SECRET_KEY": secrets.token_urlsafe(50),
        "OMNIFLOW_MASTER_KEYS": f"storm:{b64encode(secrets.token_bytes(32)).decode()}",
        "OMNIFLOW_LOG_LEVEL": "WARNING",
        "OMNIFLOW_OUTBOUND_TRUSTED_ORIGINS": trusted_url,
    }
