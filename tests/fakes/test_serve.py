"""The sandbox process: one ready line, answers, ends on SIGTERM."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]


def test_sandbox_says_that_it_is_ready_and_stops_when_told() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "tests.fakes.serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        refused = httpx.get(f"http://127.0.0.1:{port}/exotel/v1/Accounts/a/Calls.json")
        unknown = httpx.get(f"http://127.0.0.1:{port}/nobody")
        process.send_signal(signal.SIGTERM)

        assert line == f"sandbox ready: stand-in providers at http://127.0.0.1:{port}\n"
        assert (refused.status_code, refused.json()["RestException"]["Status"], unknown.status_code) == (401, 401, 404)
        assert process.wait(5) == 0
