"""T28: a real PgBouncer that gives each transaction another connection to the server, and companies that take turns."""

import os
import random
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from infra.launch.system import find_pooler
from saas.embedded import processes
from saas.embedded.places import server_account
from tenants.kernel import context
from tenants.kernel.db import standing
from tests.factories import Twin

PROGRAM = find_pooler()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="NOT TRIED: PgBouncer is not installed (apt-get install pgbouncer)"
)
CONFIG = """
[databases]
* = host={sockets} port=5432 user=omniflow
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
unix_socket_dir =
"""
Pool = Callable[..., Any]


@pytest.fixture
def pool(twins: tuple[Twin, Twin], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Starts a pooler; each call of what it gives is another client of it."""
    monkeypatch.setattr(standing, "_databases", set())
    started: list[Any] = []
    clients: list[Any] = []

    def start(mode: str = "transaction", size: int = 1) -> Callable[[], Any]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        sockets = connection.settings_dict["HOST"]
        config = folder / f"{port}.ini"
        config.write_text(CONFIG.format(sockets=sockets, port=port, mode=mode, size=size))
        argv = [str(PROGRAM), str(config)]
        started.append(processes.spawn(argv, log=tmp_path / "pgbouncer.log", account=server_account(), env=os.environ))
        _wait(port)

        def client() -> Any:
            made = connection.copy()
            options = {name: value for name, value in made.settings_dict["OPTIONS"].items() if name != "options"}
            made.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(port), "OPTIONS": options}
            clients.append(made)
            return made

        return client

    with TemporaryDirectory(prefix="omniflow-pooler-") as made:
        folder = Path(made)
        folder.chmod(0o755)  # the server's account reads there; pytest's own folders are shut to it
        yield start
        for one in clients:
            one.close()
        for one in started:
            processes.stop(one, by=signal.SIGINT, grace_seconds=5)


def _wait(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("PgBouncer did not start")


def first_name(client: Any) -> str:
    with client.cursor() as cursor:
        cursor.execute("SELECT first_name FROM crm_contact WHERE first_name <> %s", [""])
        return str(cursor.fetchone()[0])


def test_t28_a_pooler_nobody_spoke_of_is_refused(twins: tuple[Twin, Twin], pool: Pool) -> None:
    client = pool()()
    with context.inside(twins[0].place), pytest.raises(ImproperlyConfigured, match="Say which mode it has"):
        client.cursor()


def test_t28_a_pooler_of_another_mode_than_was_said_is_refused(
    twins: tuple[Twin, Twin], pool: Pool, settings: Any
) -> None:
    settings.DB_POOLER = "session"
    client = pool(size=3)()
    with context.inside(twins[0].place), pytest.raises(ImproperlyConfigured, match="hands a connection on"):
        client.cursor()


def test_t28_session_pooling_works_as_no_pooler(twins: tuple[Twin, Twin], pool: Pool, settings: Any) -> None:
    settings.DB_POOLER = "session"
    client = pool("session", size=3)()
    for twin in (*twins, *twins):
        with context.inside(twin.place):
            assert first_name(client) == twin.sentinel


def test_t28_two_clients_over_one_connection_mix_nothing(twins: tuple[Twin, Twin], pool: Pool, settings: Any) -> None:
    """Each statement by itself, and in transactions, in any order: by one server connection in all."""
    settings.DB_POOLER = "transaction"
    dice, client = random.Random(7), pool()
    clients = [client(), client()]
    for _ in range(400):
        twin, used = dice.choice(twins), dice.choice(clients)
        with context.inside(twin.place):
            if dice.random() < 0.3:
                used.set_autocommit(False)
                assert [first_name(used), first_name(used)] == [twin.sentinel] * 2
                dice.choice((used.commit, used.rollback))()
                used.set_autocommit(True)
            assert first_name(used) == twin.sentinel


def test_t28_a_transaction_through_two_companies(twins: tuple[Twin, Twin], pool: Pool, settings: Any) -> None:
    settings.DB_POOLER = "transaction"
    client = pool()()
    client.set_autocommit(False)
    try:
        for twin in (*twins, *twins):
            with context.inside(twin.place):
                assert first_name(client) == twin.sentinel
    finally:
        client.rollback()
        client.set_autocommit(True)


def test_t28_nothing_stays_on_the_connection(twins: tuple[Twin, Twin], pool: Pool, settings: Any) -> None:
    """Role, path and limits end with the transaction; errors leave none behind."""
    settings.DB_POOLER = "transaction"
    one, two = (make := pool())(), make()
    with context.inside(twins[0].place, source="page"):
        assert first_name(one) == twins[0].sentinel
        with pytest.raises(DatabaseError), one.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        with pytest.raises(DatabaseError), one.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{twins[1].place.schema}".crm_contact')
    with context.public():
        two.ensure_connection()
        left = two.connection.execute(
            "SELECT current_user = session_user, current_setting('search_path'), current_setting('statement_timeout')"
        ).fetchone()
    assert left[0] is True
    assert left[1] != twins[0].place.schema
    assert left[2] == "0"


def test_t28_copies_and_many_at_once(twins: tuple[Twin, Twin], pool: Pool, settings: Any) -> None:
    settings.DB_POOLER = "transaction"
    client = pool()()
    with context.inside(twins[0].place), client.cursor() as cursor:
        with cursor.copy("COPY (SELECT first_name FROM crm_contact) TO STDOUT") as copy:
            assert b"".join(bytes(part) for part in copy).decode().strip() == twins[0].sentinel
        cursor.executemany("UPDATE crm_contact SET city = city WHERE first_name = %s", [["x"], ["y"]])
    with context.inside(twins[1].place):
        assert first_name(client) == twins[1].sentinel
