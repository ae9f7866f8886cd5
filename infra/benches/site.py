"""An installation for measuring: servers and data of its own in a folder that goes away again."""

import http.client
import os
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.launch.ports import kept_port
from saas.embedded.throwaway import throwaway_servers

REPO = Path(__file__).resolve().parents[2]
READY_SECONDS = 60


@dataclass(frozen=True)
class Site:
    port: int
    folder: Path


@contextmanager
def prepared_site() -> Iterator[Site]:
    """Migrated, template built, static files gathered; Django is set up in this process too."""
    with throwaway_servers() as servers, tempfile.TemporaryDirectory(prefix="omniflow-bench-") as folder:
        port = kept_port(Path(folder) / "port")
        os.environ |= {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "DJANGO_SETTINGS_MODULE": "saas.settings",
            "OMNIFLOW_ENV": "production",
            "OMNIFLOW_SCHEME": "http",
            "OMNIFLOW_DATA_DIR": folder,
            "OMNIFLOW_PORT": str(port),
            "OMNIFLOW_SECRET_KEY": secrets.token_urlsafe(50),
            "OMNIFLOW_MASTER_KEYS": f"bench:{b64encode(secrets.token_bytes(32)).decode()}",
            "OMNIFLOW_LOG_LEVEL": "ERROR",
        }
        for command in (["migrate", "-v0"], ["fleet", "build"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=REPO, check=True, stdout=subprocess.DEVNULL)
        import django  # only now do the settings find their environment

        django.setup()
        yield Site(port, Path(folder))


@contextmanager
def serving(site: Site) -> Iterator["subprocess.Popen[bytes]"]:
    """Granian as in production, with the floor beside the application; its first process."""
    from infra.launch.services import WEB_THREADS, WEB_WORKERS

    size = ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    where = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(site.port), "--workers-kill-timeout", "5"]
    log = (site.folder / "web.log").open("wb")
    argv = [sys.executable, "-m", "granian", *where, *size, "infra.benches.floor:application"]
    server = subprocess.Popen(argv, cwd=REPO, stdout=log, stderr=log)
    try:
        _wait(site, server)
        yield server
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait(site: Site, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + READY_SECONDS
    while not _answers(site.port):
        if server.poll() is not None or time.monotonic() > until:
            sys.exit(f"The web server did not start:\n{(site.folder / 'web.log').read_text()[-3000:]}")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
