"""Show 5, SSRF: no address that a user types leads inwards, in whatever form, by whatever detour."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from tenants.kernel import outbound
from tenants.kernel.outbound import NotAllowed, NotReachable, checked, fetch, is_public

INWARDS = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://0/", "http://0.0.0.0/", "http://localhost/", "http://LOCALHOST./", "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://192.0.2.1/", "http://[::1]/", "http://[::]/", "http://[fe80::1]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[ff02::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
]  # fmt: skip
NO_ADDRESS = [
    "", "x", "//8.8.8.8/", "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8:70/", "http://", "http:///x",
    "http://user:pass@8.8.8.8/", "http://8.8.8.8:22/", "http://8.8.8.8:6379/", "javascript:alert(1)",
    "http://8.8.8.8\n.evil/", "http://[::1", "data:text/html,x",
]  # fmt: skip


@pytest.mark.parametrize("url", INWARDS)
def test_addresses_inside_are_refused(url: str) -> None:
    with pytest.raises(NotReachable):
        checked(url)


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_public_web_address_is_refused(url: str) -> None:
    with pytest.raises(NotReachable):
        checked(url)


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ip_address(text))


class Resolver:
    """Answers of a name server, one after the other."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked += 1
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]


def test_name_with_one_address_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(["8.8.8.8", "127.0.0.1"]))

    with pytest.raises(NotAllowed):
        checked("https://rebind.example/")


def test_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the second answer of the name is never asked for."""
    resolver = Resolver(["8.8.8.8"], ["127.0.0.1"])
    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolver)

    target = checked("https://rebind.example/hook?x=1")

    assert str(target.url) == "https://8.8.8.8/hook?x=1"
    assert (target.host, target.name, resolver.asked) == ("rebind.example", "rebind.example", 1)


class Inside(BaseHTTPRequestHandler):
    """A server in our own network that counts who comes, and sends people around."""

    seen: list[str]

    def do_GET(self) -> None:
        type(self).seen.append(self.path)
        where = self.path.partition("?to=")[2]
        self.send_response(302 if where else 200)
        if where:
            self.send_header("Location", where)
        body = b"" if where else b"x" * (2_000 if self.path == "/large" else 5)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def inside() -> Iterator[tuple[str, list[str]]]:
    handler = type("Counting", (Inside,), {"seen": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler.seen
    server.shutdown()
    server.server_close()


def test_server_inside_is_not_even_asked(inside: tuple[str, list[str]]) -> None:
    url, seen = inside

    with pytest.raises(NotAllowed):
        fetch("GET", f"{url}/secret")

    assert seen == []


@pytest.mark.parametrize("where", ["http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd", "//127.0.0.1:1/x"])
def test_redirects_inwards_are_not_followed(inside: tuple[str, list[str]], where: str) -> None:
    url, seen = inside

    with pytest.raises(NotReachable):
        fetch("GET", f"{url}/a?to={where}", trusted=[url])

    assert len(seen) == 1


def test_a_redirect_to_a_server_inside_does_not_reach_it(inside: tuple[str, list[str]]) -> None:
    """One that would answer: the same server under a name that nobody trusts."""
    url, seen = inside

    with pytest.raises(NotAllowed):
        fetch("GET", f"{url}/a?to={url.replace('127.0.0.1', 'localhost')}/secret", trusted=[url])

    assert len(seen) == 1


def test_answers_are_bounded_and_circles_end(inside: tuple[str, list[str]]) -> None:
    url, seen = inside

    assert fetch("GET", f"{url}/a?to={url}/b", trusted=[url]).body == b"xxxxx"
    with pytest.raises(NotReachable):
        fetch("GET", f"{url}/large", trusted=[url], most_bytes=100)
    del seen[:]
    with pytest.raises(NotReachable):
        fetch("GET", f"{url}/c?to=/c?to=", trusted=[url], may_follow=lambda _url: False)
    assert len(seen) == 1
