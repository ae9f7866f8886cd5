"""One PostgreSQL and one Redis for a run; one migrated database, cloned for each worker."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
BASE_DATABASE = "omniflow_base"
# Where a PostgreSQL that is kept running for tests is reached: `python -m tests.kept` starts one and writes it here.
KEPT = ROOT / ".data" / "test-server"
# One program and one browser: two of them would starve each other. Two years of demo, told once; a house, read once.
GROUPS = ("tests/e2e/", "tests/crm/test_demo.py", "tests/hostile/test_sentinels.py", "tests/hostile/test_queues.py")
ROOMS = ("tenants", "billing", "public_site")
SHAPING = ("template.py", "pool.py", "migrating.py", "constraints.py")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before Django reads its settings: the controller starts, each process gets a database."""
    os.environ["OMNIFLOW_ENV"] = "test"
    os.environ["CELERY_SKIP_CHECKS"] = "1"  # they build every page and the API in each worker; test_injection checks
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _start_servers()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ["OMNIFLOW_DATA_DIR"] = f"{os.environ['OMNIFLOW_TEST_DIR']}/{worker}"
    Path(os.environ["OMNIFLOW_DATA_DIR"], "static").mkdir(parents=True, exist_ok=True)
    os.environ["DATABASE_URL"] = _clone(worker)
    os.environ["REDIS_URL"] = _redis_for(worker)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Marks for groups go unheard (pytest-xdist 3.8 under pytest 9): folders and files say what stays together."""
    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None


class Together(LoadScopeScheduling):
    """Each test goes where there is room, but for those that share what is dear to make."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group in GROUPS if nodeid.startswith(group)), nodeid)


def _start_servers() -> None:
    from saas.embedded.postgres import Postgres
    from saas.embedded.redis import Redis

    folder = Path(tempfile.mkdtemp(prefix="omniflow-test-"))
    redis = Redis(folder)
    servers: list[object] = [redis]
    os.environ["OMNIFLOW_TEST_DIR"] = str(folder)
    os.environ["OMNIFLOW_TEST_RUN"] = str(os.getpid())
    os.environ["OMNIFLOW_TEST_REDIS"] = redis.start(fast_and_unsafe=True)
    if KEPT.is_file():
        os.environ["OMNIFLOW_TEST_POSTGRES"] = KEPT.read_text().strip()
        os.environ["OMNIFLOW_TEST_BASE"] = f"{BASE_DATABASE}_{shape()}"
    else:
        postgres = Postgres(folder)
        servers.append(postgres)
        os.environ["OMNIFLOW_TEST_POSTGRES"] = postgres.start(fast_and_unsafe=True)
        os.environ["OMNIFLOW_TEST_BASE"] = BASE_DATABASE
    atexit.register(_stop, folder, *servers)
    _make_base(folder)


def shape() -> str:
    """Of the schema and what is planted with it, as the files of this tree tell it."""
    found = sha256()
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        if "migrations" in path.parts or path.name in SHAPING:
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _make_base(folder: Path) -> None:
    """The migrated database that every process gets a copy of. On a kept server it may be there already."""
    base = os.environ["OMNIFLOW_TEST_BASE"]
    with psycopg.connect(os.environ["OMNIFLOW_TEST_POSTGRES"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(2)")
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [base]).fetchone():
            return
        connection.execute(f"DROP DATABASE IF EXISTS {base}_new".encode())
        connection.execute(f"CREATE DATABASE {base}_new".encode())
        _migrate(folder, f"{base}_new")
        connection.execute(f"ALTER DATABASE {base}_new RENAME TO {base}".encode())


def _migrate(folder: Path, database: str) -> None:
    environment = os.environ | {
        "DATABASE_URL": _with_path(os.environ["OMNIFLOW_TEST_POSTGRES"], database),
        "REDIS_URL": os.environ["OMNIFLOW_TEST_REDIS"],
        "OMNIFLOW_DATA_DIR": str(folder),
    }
    for command in (["migrate", "-v0", "--skip-checks"], ["fleet", "build"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def _stop(folder: Path, *servers: "object") -> None:
    if KEPT.is_file():
        _drop_clones()
    for server in servers:
        server.stop()  # type: ignore[attr-defined]
        server.wipe()  # type: ignore[attr-defined]
    shutil.rmtree(folder, ignore_errors=True)


def _drop_clones() -> None:
    with psycopg.connect(os.environ["OMNIFLOW_TEST_POSTGRES"], autocommit=True) as connection:
        mine = f"omniflow\\_{os.environ['OMNIFLOW_TEST_RUN']}\\_%"
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [mine]).fetchall():
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _clone(worker: str) -> str:
    name = f"omniflow_{os.environ['OMNIFLOW_TEST_RUN']}_{worker}"
    _admin(f"DROP DATABASE IF EXISTS {name}")
    _admin(f"CREATE DATABASE {name} TEMPLATE {os.environ['OMNIFLOW_TEST_BASE']}")
    return _with_path(os.environ["OMNIFLOW_TEST_POSTGRES"], name)


def names_in_base() -> set[str]:
    """Schemas that came with the copy. Their roles are the whole server's, and serve the copies of others, too."""
    base = _with_path(os.environ["OMNIFLOW_TEST_POSTGRES"], os.environ["OMNIFLOW_TEST_BASE"])
    with psycopg.connect(os.environ["OMNIFLOW_TEST_POSTGRES"], autocommit=True) as connection:
        # Nobody can copy it while we are looking.
        connection.execute("SELECT pg_advisory_lock(1)")
        with psycopg.connect(base) as looking:
            return {name for (name,) in looking.execute("SELECT name FROM fleet_schema").fetchall()}


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
