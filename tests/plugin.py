"""One PostgreSQL and one Redis for a run; one migrated database, cloned for each worker."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]
BASE_DATABASE = "omniflow_base"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before Django reads its settings: the controller starts, each process gets a database."""
    os.environ["OMNIFLOW_ENV"] = "test"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _start_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ["OMNIFLOW_DATA_DIR"] = f"{os.environ['OMNIFLOW_TEST_DIR']}/{worker}"
    Path(os.environ["OMNIFLOW_DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)
    os.environ["DATABASE_URL"] = _clone(worker)
    os.environ["REDIS_URL"] = _redis_for(worker)


def _start_servers() -> None:
    from saas.embedded.postgres import Postgres
    from saas.embedded.redis import Redis

    folder = Path(tempfile.mkdtemp(prefix="omniflow-test-"))
    postgres, redis = Postgres(folder), Redis(folder)
    atexit.register(_stop, folder, postgres, redis)
    os.environ["OMNIFLOW_TEST_DIR"] = str(folder)
    os.environ["OMNIFLOW_TEST_POSTGRES"] = postgres.start(fast_and_unsafe=True)
    os.environ["OMNIFLOW_TEST_REDIS"] = redis.start(fast_and_unsafe=True)
    _admin(f"CREATE DATABASE {BASE_DATABASE}")
    environment = os.environ | {
        "DATABASE_URL": _with_path(os.environ["OMNIFLOW_TEST_POSTGRES"], BASE_DATABASE),
        "REDIS_URL": os.environ["OMNIFLOW_TEST_REDIS"],
        "OMNIFLOW_DATA_DIR": str(folder),
    }
    for command in (["migrate", "-v0"], ["fleet", "build"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "--skip-checks"],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _stop(folder: Path, *servers: "object") -> None:
    for server in servers:
        server.stop()  # type: ignore[attr-defined]
        server.wipe()  # type: ignore[attr-defined]
    shutil.rmtree(folder, ignore_errors=True)


def _clone(worker: str) -> str:
    name = f"omniflow_{worker}"
    _admin(f"DROP DATABASE IF EXISTS {name}")
    _admin(f"CREATE DATABASE {name} TEMPLATE {BASE_DATABASE}")
    return _with_path(os.environ["OMNIFLOW_TEST_POSTGRES"], name)


def _redis_for(worker: str) -> str:
    """A Redis database of its own for each worker."""
    number = int(worker.removeprefix("gw")) + 1 if worker.startswith("gw") else 0
    return _with_path(os.environ["OMNIFLOW_TEST_REDIS"], str(number))


def _admin(statement: str) -> None:
    with psycopg.connect(os.environ["OMNIFLOW_TEST_POSTGRES"], autocommit=True) as connection:
        # Two workers may not copy the base at one moment.
        connection.execute("SELECT pg_advisory_lock(1)")
        connection.execute(statement.encode())


def _with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))
