"""Ports: is one free, and which one is."""

import errno
import socket
from pathlib import Path

from infra.launch.console import RefusalError


def refuse_used_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        # As the server will: a port that only waits for late packets counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise RefusalError(f"Port {port} needs an administrator; choose one above 1023 with --port.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise RefusalError(f"Port {port} is in use; choose another with --port.") from None
            raise RefusalError(
                f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port."
            ) from None


def kept_port(note: Path) -> int:
    """A free port of the loopback, the same as last time if nobody else took it."""
    last = int(note.read_text()) if note.is_file() else 0
    port = _bound(last) or _bound(0)
    note.write_text(str(port))
    return port


def _bound(port: int) -> int:
    """The port that could be had, any for 0; 0 when it is in use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
