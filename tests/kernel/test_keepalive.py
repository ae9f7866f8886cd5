"""Kept connections: reused, replaced when stale, bounded in time and size, guarded, closed in a sandbox."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tenants.kernel import context, outbound
from tenants.kernel.keepalive import Lines, Reply
from tenants.kernel.outbound import NotAllowed, NotReachable, StaysInside

Talk = Callable[[socket.socket], None]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def talking(settings: Any) -> Iterator[Callable[[Talk], str]]:
    """Starts a machine that talks as it is told, connection by connection; its address."""
    sockets: list[socket.socket] = []

    def start(talk: Talk) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        sockets.append(server)

        def serve() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        settings.OUTBOUND_TRUSTED_ORIGINS = [url]
        return url

    yield start
    for one in sockets:
        one.close()


def ask(lines: Lines, url: str, *, seconds: float = 5, **headers: str) -> Reply:
    return lines.ask("POST", url, headers=headers, body=b"{}", seconds=seconds, most_bytes=100)


def test_one_connection_serves_many_and_a_closed_one_is_replaced(company: Any, talking: Callable[[Talk], str]) -> None:
    connections: list[int] = []

    def twice(connection: socket.socket) -> None:
        connections.append(1)
        for _ in range(2):
            if not connection.recv(4096):
                break
            connection.sendall(HEAD)
        connection.close()

    url, lines = talking(twice), Lines()
    got = []
    for _ in range(5):
        got.append(ask(lines, url))
        time.sleep(0.02)

    assert {(one.status, one.body, one.is_whole) for one in got} == {(200, b"ok", True)}
    assert len(connections) == 3


def test_who_talks_too_slowly_is_cut_off(company: Any, talking: Callable[[Talk], str]) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(4096)
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000:
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(0.05)

    began = time.monotonic()
    with pytest.raises(NotReachable, match="No answer in time"):
        ask(Lines(), talking(drip), seconds=0.4)

    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000])
def test_what_is_no_answer_is_an_error(company: Any, talking: Callable[[Talk], str], said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(said)
        connection.close()

    with pytest.raises(NotReachable):
        ask(Lines(), talking(talk))


def test_an_answer_that_breaks_off_counts_by_its_status_and_its_connection_is_not_kept(
    company: Any, talking: Callable[[Talk], str]
) -> None:
    connections: list[int] = []

    def talk(connection: socket.socket) -> None:
        connections.append(1)
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort")
        connection.shutdown(socket.SHUT_WR)

    url, lines = talking(talk), Lines()

    assert [ask(lines, url) for _ in range(2)] == [Reply(200, {"content-length": "50"}, b"short", False)] * 2
    assert len(connections) == 2


def test_of_a_long_answer_the_beginning_is_read_and_the_connection_dropped(
    company: Any, talking: Callable[[Talk], str]
) -> None:
    connections: list[int] = []

    def talk(connection: socket.socket) -> None:
        connections.append(1)
        while connection.recv(4096):
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"64\r\n%s\r\n" % (b"x" * 100) * 9
            )

    url, lines = talking(talk), Lines()
    got = [ask(lines, url) for _ in range(2)]

    assert [(one.body, one.is_whole) for one in got] == [(b"x" * 100, False)] * 2
    assert len(connections) == 2


def test_a_connection_is_one_company_s(twins: Any, talking: Callable[[Talk], str]) -> None:
    connections: list[int] = []

    def talk(connection: socket.socket) -> None:
        connections.append(1)
        while connection.recv(4096):
            connection.sendall(HEAD)

    url, lines = talking(talk), Lines()
    for twin in (*twins, *twins):
        with context.inside(twin.place):
            ask(lines, url)

    assert len(connections) == 2


def test_the_guard_is_asked_and_headers_hold_no_lines(
    company: Any, talking: Callable[[Talk], str], settings: Any
) -> None:
    url = talking(lambda connection: None)
    with pytest.raises(NotReachable):
        ask(Lines(), url, **{"X-A": "1\r\nX-B: 2"})

    settings.OUTBOUND_TRUSTED_ORIGINS = []
    for inside in (url, "http://localhost/", "https://169.254.169.254/", "http://[::1]/"):
        with pytest.raises(NotAllowed):
            ask(Lines(), inside)


def test_nothing_leaves_a_sandbox_or_a_closed_place(company: Any, talking: Callable[[Talk], str]) -> None:
    heard: list[bytes] = []
    url = talking(lambda connection: heard.append(connection.recv(10)))

    with context.inside(replace(company.place, is_sandbox=True)), pytest.raises(StaysInside):
        ask(Lines(), url)
    with outbound.closed(), pytest.raises(NotReachable):
        ask(Lines(), url)

    assert heard == []
