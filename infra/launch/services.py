"""The processes of a running OmniFlow and what they are told (configuration.md, "Processes")."""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infra.launch import data_dir
from infra.launch.leftovers import MARK
from infra.launch.options import REPO, Options
from saas.embedded import processes
from saas.embedded.supervisor import Service

WEB_WORKERS = 2
WEB_THREADS = 10
WORKER_CHILDREN = 2


@dataclass(frozen=True)
class Settings:
    """Options together with what was found out while starting."""

    options: Options
    database_url: str
    redis_url: str
    sandbox_port: int
    live_port: int

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}" if self.options.has_demo else ""

    def own_environment(self) -> dict[str, str]:
        """The variables we decide; `<data-dir>/env` holds them for other terminals."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "OMNIFLOW_DATA_DIR": str(self.options.data_dir),
            "OMNIFLOW_PORT": str(self.options.port),
            "OMNIFLOW_SANDBOX_URL": os.environ.get("OMNIFLOW_SANDBOX_URL", self.sandbox_url),
            "OMNIFLOW_WEB_THREADS": str(WEB_THREADS),
            "OMNIFLOW_LIVE_PORT": os.environ.get("OMNIFLOW_LIVE_PORT", str(self.live_port)),
            "OMNIFLOW_SECRET_KEY": os.environ.get("OMNIFLOW_SECRET_KEY") or data_dir.secret_key(self.options.data_dir),
        }

    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        mark = {MARK: str(self.options.data_dir)}
        unbuffered = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PATH": path}
        # Celery scolds root on every start; in a container there is nobody else.
        unbuffered["PYTHONWARNINGS"] = "ignore:::celery.platforms"
        return {**os.environ, **unbuffered, **mark, **self.own_environment()}

    def write_environment(self) -> None:
        file = self.options.data_dir / "env"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in self.own_environment().items()]
        file.write_text("".join(lines))


def log_of(settings: Settings, name: str) -> Path:
    return settings.options.data_dir / "logs" / f"{name}.log"


def services(settings: Settings) -> list[Service]:
    return [_service(settings, name, argv) for name, argv in _commands(settings).items()]


def _service(settings: Settings, name: str, argv: list[str]) -> Service:
    log = log_of(settings, name)

    def spawn() -> subprocess.Popen[bytes]:
        return processes.spawn(argv, log=log, cwd=REPO, env=settings.environment())

    return Service(name, log, spawn)


def _commands(settings: Settings) -> dict[str, list[str]]:
    options = settings.options
    python = [sys.executable, "-m"]
    sandbox = [*python, "tests.fakes.serve", "--port", str(settings.sandbox_port)]
    celery = [*python, "celery", "--quiet", "-A", "saas.celery"]
    schedule = options.data_dir / "beat-schedule"
    return {
        **({"sandbox": sandbox} if settings.sandbox_url else {}),
        "web": [*python, "granian", *_granian_options(options), "saas.wsgi:application"],
        "live": [*python, "granian", *_live_options(settings), "saas.asgi:application"],
        # Where cores are short, who waits for a page comes before work in the background.
        "worker": [
            *("nice", "-n", "5"),
            *celery,
            "worker",
            "--concurrency",
            str(WORKER_CHILDREN),
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "--schedule", str(schedule), "--pidfile="],
    }


def _granian_options(options: Options) -> list[str]:
    where = ["--interface", "wsgi", "--host", options.host, "--port", str(options.port)]
    size = ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    return [*where, *size, "--respawn-failed-workers", "--workers-kill-timeout", "5"]


def _live_options(settings: Settings) -> list[str]:
    """Sockets idle: one process holds thousands."""
    where = ["--interface", "asgi", "--host", settings.options.host, "--port", str(settings.live_port)]
    return [*where, "--workers", "1", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
