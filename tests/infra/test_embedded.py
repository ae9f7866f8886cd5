"""The embedded servers: they start whatever the last run left, and say clearly when they cannot."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from saas.embedded import places, processes
from saas.embedded.errors import EmbeddedError
from saas.embedded.postgres import Postgres
from saas.embedded.redis import ONCE, Redis
from saas.embedded.throwaway import throwaway_servers

REPO = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the database to another account")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the server's account can enter, as pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="omniflow-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    server = Postgres(home)
    yield server
    server.wipe()


@pytest.fixture
def store(home: Path) -> Iterator[Redis]:
    server = Redis(home)
    yield server
    server.wipe()


def pid_of(server: Postgres | Redis) -> int:
    assert server.process is not None
    return server.process.pid


def kill(server: Postgres | Redis) -> None:
    os.kill(pid_of(server), signal.SIGKILL)
    assert server.process is not None
    server.process.wait()


def write_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")


def read_row(url: str) -> object:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT number FROM kept").fetchone()


def test_postgres_role_may_make_roles_and_databases_only(postgres: Postgres) -> None:
    url = postgres.start(fast_and_unsafe=True)

    with psycopg.connect(url) as connection:
        role = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'omniflow'"
        ).fetchone()
    assert role == ("omniflow", True, False, True, True)
    assert owner == ("omniflow",)


def test_postgres_sorts_and_lowers_in_utf8(postgres: Postgres) -> None:
    url = postgres.start(fast_and_unsafe=True)

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting('server_encoding'), lower('ИВАН')").fetchone()
    assert row == ("UTF8", "иван")


@pytest.mark.parametrize(("fast_and_unsafe", "fsync"), [(False, "on"), (True, "off")])
def test_postgres_is_unsafe_only_when_asked(postgres: Postgres, fast_and_unsafe: bool, fsync: str) -> None:
    url = postgres.start(fast_and_unsafe=fast_and_unsafe)

    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == (fsync,)


def test_postgres_keeps_rows_over_a_restart(postgres: Postgres, home: Path) -> None:
    write_row(postgres.start(fast_and_unsafe=True))
    postgres.stop()

    assert read_row(Postgres(home).start(fast_and_unsafe=True)) == (7,)


def test_postgres_starts_again_after_sigkill(postgres: Postgres, home: Path) -> None:
    write_row(postgres.start())
    kill(postgres)
    assert (postgres.place.database / "postmaster.pid").exists()

    assert read_row(Postgres(home).start()) == (7,)


def test_postgres_ignores_a_pid_file_naming_another_process(postgres: Postgres) -> None:
    postgres.start(fast_and_unsafe=True)
    stale = postgres.place.database / "postmaster.pid"
    text = stale.read_text().replace(str(pid_of(postgres)), str(os.getpid()), 1)
    postgres.stop()
    stale.write_text(text)

    assert postgres.start(fast_and_unsafe=True) == postgres.url


def test_postgres_ends_a_server_left_behind(postgres: Postgres, home: Path) -> None:
    write_row(postgres.start(fast_and_unsafe=True))
    left = pid_of(postgres)
    heir = Postgres(home)

    assert read_row(heir.start(fast_and_unsafe=True)) == (7,)
    assert processes.living_in(heir.place.database, "postgres")[0] == pid_of(heir) != left


def test_postgres_in_a_deep_folder_listens_in_a_short_one(home: Path) -> None:
    server = Postgres(home / ("d" * 80) / ("e" * 80))
    try:
        url = server.start(fast_and_unsafe=True)
        sockets = server.place.sockets
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(str(sockets)) < 60
    finally:
        server.wipe()
    assert not sockets.exists()


def test_socket_folder_lets_nobody_else_in(postgres: Postgres) -> None:
    postgres.start(fast_and_unsafe=True)

    assert postgres.place.sockets.stat().st_mode & 0o777 == 0o700


def test_postgres_of_another_version_is_refused(postgres: Postgres) -> None:
    postgres.start(fast_and_unsafe=True)
    postgres.stop()
    (postgres.place.database / "PG_VERSION").write_text("16\n")

    with pytest.raises(
        EmbeddedError, match=r"was made by PostgreSQL 16 and this is PostgreSQL 18; use another --data-dir"
    ):
        postgres.start(fast_and_unsafe=True)


def test_incomplete_database_is_refused(postgres: Postgres) -> None:
    postgres.place.database.mkdir()

    with pytest.raises(EmbeddedError, match=r"is incomplete; restore it from a backup, or begin anew with --fresh"):
        postgres.start(fast_and_unsafe=True)


def test_corrupt_database_says_what_postgres_said(postgres: Postgres) -> None:
    postgres.start(fast_and_unsafe=True)
    postgres.stop()
    control = postgres.place.database / "global" / "pg_control"
    content = bytearray(control.read_bytes())
    content[100] ^= 0xFF
    control.write_bytes(content)

    with pytest.raises(EmbeddedError, match=r"^PostgreSQL did not start: incorrect checksum in control file \(see"):
        postgres.start(fast_and_unsafe=True)
    assert postgres.process is None


@as_root
def test_database_moves_out_of_a_folder_closed_to_its_account(home: Path) -> None:
    home.chmod(0o700)
    server = Postgres(home)
    try:
        write_row(server.start(fast_and_unsafe=True))
        outside = server.place.home
        assert outside.parent == places.SYSTEM_HOME
        assert (home / places.NOTE).read_text() == f"{outside}\n"
        assert home.stat().st_mode & 0o777 == 0o700
        server.stop()
        assert read_row(Postgres(home).start(fast_and_unsafe=True)) == (7,)
    finally:
        server.wipe()
    assert not outside.exists()


@as_root
def test_copied_data_folder_gets_a_database_of_its_own(home: Path) -> None:
    original, copy = home / "original", home / "copy"
    home.chmod(0o700)
    first = places.place_for(original)
    shutil.copytree(original, copy)

    second = places.place_for(copy)

    assert second.home != first.home
    for place in (first, second):
        shutil.rmtree(place.home)


@as_root
def test_moved_data_folder_keeps_its_database(home: Path) -> None:
    home.chmod(0o700)
    before = places.place_for(home / "here")
    (home / "here").rename(home / "there")

    after = places.place_for(home / "there")

    assert after.home == before.home
    shutil.rmtree(after.home)


def test_redis_keeps_values_over_a_kill(store: Redis, home: Path) -> None:
    with redis.Redis.from_url(store.start()) as client:
        client.set("kept", "7")
        client.execute_command("CONFIG", "SET", "appendfsync", "always")
        client.set("kept", "8")
    kill(store)

    with redis.Redis.from_url(Redis(home).start()) as client:
        assert client.get("kept") == b"8"


def test_redis_asks_for_its_password(store: Redis) -> None:
    port = store.start(fast_and_unsafe=True).rpartition(":")[2].partition("/")[0]

    with redis.Redis(port=int(port), retry=ONCE) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert (store.folder / "redis.conf").stat().st_mode & 0o777 == 0o600


def test_redis_with_a_broken_file_says_so(store: Redis) -> None:
    store.folder.mkdir(parents=True)
    (store.folder / "appendonly.aof").write_text("not what redis writes\n")

    with pytest.raises(EmbeddedError, match=r"^Redis did not start: .*redis\.log\)\.$"):
        store.start()


def test_servers_die_with_a_killed_parent(home: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from saas.embedded.postgres import Postgres;"
        "from saas.embedded.redis import ONCE, Redis; home = Path(sys.argv[1]);"
        "Postgres(home).start(True); Redis(home).start(True); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=REPO, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    assert processes.living_in(home / "redis", "redis-server")

    parent.kill()
    parent.communicate()

    assert processes.wait_until(lambda: not processes.living_in(home / "redis", "redis-server"), 10)
    assert processes.wait_until(lambda: not processes.living_in(home / "postgres", "postgres"), 10)


def test_throwaway_servers_leave_nothing() -> None:
    with throwaway_servers() as servers:
        with psycopg.connect(servers.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.ping() is True

    assert not servers.folder.exists()
    assert processes.living_in(servers.folder / "postgres", "postgres") == []
