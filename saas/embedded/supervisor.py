"""One parent for all processes: starts them, restarts the fallen, shows one log, stops all."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from saas.embedded import processes
from saas.embedded.logs import MergedLog

TICK_SECONDS = 0.2
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a child that lived this long starts again with the first delay
GRACE_SECONDS = 10.0


@dataclass
class Service:
    """A child to keep alive."""

    name: str
    log: Path
    spawn: Callable[[], subprocess.Popen[bytes]]
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    starts_again_at: float = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = self.spawn()

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def fell(self) -> float:
        """Note the end of the child; gives the seconds to wait before the next start."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.failures = 0
        delay: float = min(FIRST_DELAY_SECONDS * 2.0**self.failures, LONGEST_DELAY_SECONDS)
        self.failures += 1
        self.starts_again_at = time.monotonic() + delay
        return delay


@dataclass
class Supervisor:
    """Keeps services alive while `run` is called; `stop` ends those it started, last first.

    Services with a process already (the databases) are watched and restarted, never stopped here.
    """

    watched: Sequence[Service]
    log: MergedLog
    say: Callable[[str], None]
    services: list[Service] = field(default_factory=list)

    def start(self, services: Sequence[Service]) -> None:
        for service in services:
            self.services.append(service)
            service.start()

    def run(self) -> None:
        """For ever: a signal handler that raises ends it."""
        while True:
            self.tick()
            self.log.show_new_lines()
            time.sleep(TICK_SECONDS)

    def tick(self) -> None:
        for service in [*self.watched, *self.services]:
            self._look_after(service)

    def _look_after(self, service: Service) -> None:
        if service.is_alive:
            return
        if service.process is not None:
            code = service.process.returncode
            # Its own children may have outlived it: they would hold its port and its work.
            processes.kill_group(service.process)
            service.process = None
            self.say(f"{service.name} ended ({_meaning(code)}); starting it again in {service.fell():.0f} s")
        elif time.monotonic() >= service.starts_again_at:
            service.start()

    def stop(self) -> None:
        """Terminate all at once, so that the graces run side by side; then kill what stayed."""
        living = [service.process for service in self.services if service.process is not None]
        for process in living:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        processes.wait_until(lambda: all(process.poll() is not None for process in living), GRACE_SECONDS)
        for process in living:
            processes.kill_group(process)
        self.services.clear()


def _meaning(code: int) -> str:
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name
