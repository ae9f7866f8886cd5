"""The stand-in providers of a demonstration: `python -m tests.fakes.serve --port 8077`."""

import argparse
import signal
import threading

from tests.fakes.exotel import Exotel, Scenario
from tests.fakes.server import FakeServer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ring-seconds", type=float, default=1.0)
    parser.add_argument("--talk-seconds", type=float, default=4.0)
    options = parser.parse_args()
    exotel = Exotel(Scenario(ring_seconds=options.ring_seconds, talk_seconds=options.talk_seconds))
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with FakeServer({"exotel": exotel}, options.port) as server:
        print(f"sandbox ready: stand-in providers at {server.url}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
