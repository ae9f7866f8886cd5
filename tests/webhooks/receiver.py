"""A machine that receives webhooks: real HTTP, on this machine, that fails when it is told to."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

Answer = tuple[int, dict[str, str], bytes]
OK: Answer = (200, {}, b"thanks")


@dataclass
class Told:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def id(self) -> str:
        """What whoever keeps it does nothing twice by."""
        return self.headers.get("webhook-id") or self.headers["idempotency-key"]

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Receiver:
    """Answers by `answer`. Of what it takes it does what it has not seen: `effects` counts that, by event."""

    url: str = ""
    told: list[Told] = field(default_factory=list)
    answer: Callable[[Told], Answer] = lambda told: OK
    seen: set[str] = field(default_factory=set)
    effects: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def taken(self) -> list[Told]:
        return [one for one in self.told if one.status < 300]

    def take(self, headers: dict[str, str], body: bytes) -> Answer:
        told = Told(headers, body, 0)
        answer = self.answer(told)
        told.status = answer[0]
        with self.lock:
            self.told.append(told)
            if told.status < 300 and told.id not in self.seen:
                self.seen.add(told.id)
                self.effects[told.json["id"]] += 1
        return answer


def failing_at_random(share: float, seed: int = 7) -> Callable[[Told], Answer]:
    dice = random.Random(seed)
    return lambda told: (500, {}, b"no") if dice.random() < share else OK


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed hangs up; what was not answered it sends again."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            with receiver.lock:
                receiver.connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, text = receiver.take(headers, body)
            self.send_response(status)
            for name, value in {**more, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
