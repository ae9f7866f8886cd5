"""A machine that takes webhooks and writes down when each came: `python -m infra.benches.receiver PORT FILE`.

As little work as a receiver can have, since it shares the cores with what is measured.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Final, TextIO

ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n"


class Receiving(asyncio.Protocol):
    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (found := _request(self.waiting)) is not None:
            message_id, self.waiting = found
            self.file.write(f"{message_id} {time.time():.6f}\n")
            self.transport.write(ANSWER)  # type: ignore[attr-defined]  # a transport that both reads and writes
        self.file.flush()


def _request(data: bytes) -> tuple[str, bytes] | None:
    """The id of the first whole request, and what comes after it."""
    head, sign, rest = data.partition(b"\r\n\r\n")
    if not sign:
        return None
    headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length = int(headers.get(b"content-length", b"0"))
    if len(rest) < length:
        return None
    return headers.get(b"webhook-id", b"-").decode(), rest[length:]


async def main(port: int, path: Path) -> None:
    with path.open("a") as file:
        server = await asyncio.get_running_loop().create_server(lambda: Receiving(file), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
