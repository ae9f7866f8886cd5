"""A PostgreSQL that stays between test runs: `python -m tests.kept`, until Ctrl-C.

While it runs, `infra/test` and pytest in this tree use it and keep the migrated database, by what the migrations
say: a single test starts in seconds instead of half a minute.
"""

import signal
import tempfile
from pathlib import Path

from saas.embedded.postgres import Postgres
from tests.plugin import KEPT

ENDINGS = {signal.SIGINT, signal.SIGTERM}


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)  # so that they are waited for below, and clear up
    with tempfile.TemporaryDirectory(prefix="omniflow-kept-") as folder:
        server = Postgres(Path(folder))
        try:
            KEPT.parent.mkdir(parents=True, exist_ok=True)
            KEPT.write_text(server.start(fast_and_unsafe=True))
            print(f"tests use {server.url} until this ends")
            signal.sigwait(ENDINGS)
        finally:
            KEPT.unlink(missing_ok=True)
            server.stop()
            server.wipe()


if __name__ == "__main__":
    main()
