"""The command line of `infra/up`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    port: int
    host: str
    data_dir: Path
    is_fresh: bool
    has_demo: bool


def read_options(arguments: Sequence[str]) -> Options:
    given = _parser().parse_args(arguments)
    return Options(given.port, given.host, given.data_dir.resolve(), given.fresh, not given.no_demo)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="infra/up",
        description="Make this machine ready and run OmniFlow on it. Ctrl-C stops it; data stays.",
        epilog="DATABASE_URL and REDIS_URL use real servers instead of the embedded ones. See infra/docs/running.md.",
    )
    parser.add_argument("--port", type=_port, default=8000, help="port of the web server (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1; 0.0.0.0 for all)")
    parser.add_argument(
        "--data-dir", type=Path, default=REPO / ".data", help="where everything is kept (default .data)"
    )
    parser.add_argument("--fresh", action="store_true", help="empty the data folder first")
    parser.add_argument("--no-demo", action="store_true", help="only the platform administrator, no demo companies")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; give a number from 1 to 65535")
    return int(text)
