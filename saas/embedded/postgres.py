"""PostgreSQL of one data folder, on a unix socket that nobody else can reach."""

import os
import re
import shutil
import signal
import subprocess
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg

from saas.embedded import processes
from saas.embedded.errors import EmbeddedError
from saas.embedded.places import NOTE, Place, place_for
from tenants.kernel.db.walls import raise_walls

ROLE = DATABASE = "omniflow"
ADMIN = "postgres"
START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOCALE = "C.UTF-8"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "200",
    # One transaction may touch every table of a company, and a fleet command several companies.
    "max_locks_per_transaction": "512",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    "jit": "off",
    "random_page_cost": "1.1",
}
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class Postgres:
    """One server. `start` makes what is missing; the caller sees to it that one process uses a folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.log = self.data_dir / "logs" / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.is_unsafe = False

    @cached_property
    def place(self) -> Place:
        return place_for(self.data_dir)

    @property
    def url(self) -> str:
        return self._url(ROLE, DATABASE)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.place.sockets), safe='/')}"

    def start(self, fast_and_unsafe: bool = False) -> str:
        """Start and give the URL of the application's database.

        `fast_and_unsafe` trades survival of a power cut for speed: tests only.
        Raises EmbeddedError.
        """
        self.is_unsafe = fast_and_unsafe
        self._check()
        if not self.place.database.exists():
            self._make()
        self.process = self.spawn()
        self._wait()
        self._make_role_and_database()
        self._raise_walls()
        return self.url

    def spawn(self) -> subprocess.Popen[bytes]:
        """The bare server process, after clearing away what a killed one left."""
        processes.stop_left_behind(self.place.database, "postgres", by=signal.SIGINT, grace_seconds=STOP_SECONDS)
        # Its process is gone, but PostgreSQL would balk if the number were in use again.
        (self.place.database / "postmaster.pid").unlink(missing_ok=True)
        settings = SETTINGS | (UNSAFE if self.is_unsafe else {})
        settings["unix_socket_directories"] = str(self.place.sockets)
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self.process = processes.spawn(
            [str(self.place.programs / "postgres"), "-D", str(self.place.database), *options],
            log=self.log,
            account=self.place.account,
            death_signal=signal.SIGINT,
        )
        return self.process

    def stop(self) -> None:
        """Disconnect everybody and end in good order."""
        if self.process is not None:
            processes.stop(self.process, by=signal.SIGINT, grace_seconds=STOP_SECONDS)
            self.process = None

    def wipe(self) -> None:
        """Stop and remove the database with everything outside the data folder."""
        self.stop()
        processes.stop_left_behind(self.place.database, "postgres", by=signal.SIGQUIT, grace_seconds=STOP_SECONDS)
        shutil.rmtree(self.place.sockets, ignore_errors=True)
        shutil.rmtree(self.place.database, ignore_errors=True)
        if self.place.home != self.data_dir:
            shutil.rmtree(self.place.home, ignore_errors=True)
        (self.data_dir / NOTE).unlink(missing_ok=True)
        del self.place

    def _check(self) -> None:
        folder = self.place.database
        if not folder.exists():
            return
        marker = folder / "PG_VERSION"
        if not marker.is_file() or not (folder / "global" / "pg_control").is_file():
            raise EmbeddedError(
                f"The database in {folder} is incomplete; restore it from a backup, or begin anew with --fresh."
            )
        made_by, ours = marker.read_text().strip(), self._major()
        if made_by != ours:
            raise EmbeddedError(
                f"The database in {folder} was made by PostgreSQL {made_by} and this is PostgreSQL {ours}; "
                "use another --data-dir, or begin anew with --fresh."
            )

    def _major(self) -> str:
        output = subprocess.run(  # noqa: S603 - our own words
            [str(self.place.programs / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"\d+", output)
        return found.group() if found else ""

    def _make(self) -> None:
        """initdb beside the final place: a database half made never carries the final name."""
        scratch = self.place.home / "postgres.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        account = self.place.account
        if account is not None:
            os.chown(scratch, account.pw_uid, account.pw_gid)
        command = [str(self.place.programs / "initdb"), "--pgdata", str(scratch), "--username", ADMIN]
        command += ["--auth=trust", "--encoding=UTF8", f"--locale={LOCALE}", "--no-instructions"]
        command += ["--locale-provider=builtin", f"--builtin-locale={LOCALE}"]
        command += ["--no-sync"] if self.is_unsafe else []
        made = processes.spawn(command, log=self.log, account=account)
        try:
            made.wait()
        finally:
            processes.kill_group(made)
        if made.returncode != 0:
            raise EmbeddedError(f"PostgreSQL could not make its database: {_last_line(self.log)}")
        scratch.rename(self.place.database)

    def _wait(self) -> None:
        """Ready is what the server itself writes into the last line of its pid file."""
        process = self.process
        assert process is not None
        processes.wait_until(lambda: self._is_ready() or process.poll() is not None, START_SECONDS)
        if process.poll() is None and self._is_ready():
            return
        self.stop()
        raise EmbeddedError(f"PostgreSQL did not start: {_reason(self.log, self._log_start)}")

    def _is_ready(self) -> bool:
        try:
            lines = (self.place.database / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _make_role_and_database(self) -> None:
        with psycopg.connect(self._url(ADMIN, ADMIN), autocommit=True) as connection:
            if not _has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
                connection.execute(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER CREATEROLE CREATEDB")
            if not _has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def _raise_walls(self) -> None:
        """In every database of the application, and in the one that new ones are copied from."""
        with psycopg.connect(self._url(ADMIN, ADMIN), autocommit=True) as connection:
            owned = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s AND datallowconn"
            names = [str(row[0]) for row in connection.execute(owned, (ROLE,)).fetchall()]
        for name in ("template1", *names):
            with psycopg.connect(self._url(ADMIN, name), autocommit=True) as connection:
                raise_walls(connection, ROLE)


def _has(connection: psycopg.Connection[tuple[object, ...]], query: str, name: str) -> bool:
    return connection.execute(query.encode(), (name,)).fetchone() is not None


def _reason(log: Path, since: int) -> str:
    """What the server said in its last start: the gravest line, else the last one."""
    with log.open("rb") as file:
        file.seek(since)
        lines = file.read().decode(errors="replace").splitlines()
    grave = [line for line in lines if re.search(r"FATAL:|PANIC:|could not|error while loading", line)]
    line = (grave or lines or ["no message"])[-1]
    said = re.sub(r"^.*?(FATAL|PANIC):\s*", "", line).strip().rstrip(".")
    return f"{said} (see {log})."


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return f"{lines[-1] if lines else 'no message'} (see {log})."
