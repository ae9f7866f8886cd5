"""The supervisor: the fallen are started again, all are stopped, the log is one stream."""

import io
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from saas.embedded import processes, supervisor
from saas.embedded.logs import MergedLog
from saas.embedded.supervisor import Service, Supervisor

IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)


def service(folder: Path, code: str, name: str = "child") -> Service:
    log = folder / f"{name}.log"
    return Service(name, log, lambda: processes.spawn([sys.executable, "-c", code], log=log))


def watching(folder: Path, said: list[str]) -> Supervisor:
    return Supervisor([], MergedLog({"child": folder / "child.log"}, io.StringIO()), said.append)


def pass_time(keeper: Supervisor, until: Callable[[], bool]) -> bool:
    def ticked() -> bool:
        keeper.tick()
        return until()

    return processes.wait_until(ticked, 10)


def test_fallen_child_is_started_again_with_growing_delay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY_SECONDS", 0.05)
    said: list[str] = []
    keeper = watching(tmp_path, said)
    child = service(tmp_path, "raise SystemExit(3)")
    keeper.start([child])

    assert pass_time(keeper, lambda: child.failures == 3)
    keeper.stop()

    assert said[0] == "child ended (exit 3); starting it again in 0 s"
    assert len(said) == 3


def test_delay_doubles_up_to_a_limit_and_begins_anew_after_a_steady_time() -> None:
    child = Service("child", Path(), lambda: pytest.fail("not started here"), started_at=time.monotonic())

    assert [child.fell() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    child.started_at -= supervisor.STEADY_SECONDS + 1
    assert child.fell() == 1


def test_stop_kills_what_does_not_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.2)
    keeper = watching(tmp_path, [])
    child = service(tmp_path, IGNORES_TERM)
    keeper.start([child])
    assert processes.wait_until(lambda: child.log.read_text() == "up\n", 10)
    process = child.process
    assert process is not None

    keeper.stop()

    assert process.returncode == -9


def test_stop_takes_grandchildren_along(tmp_path: Path) -> None:
    keeper = watching(tmp_path, [])
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    child = service(tmp_path, code)
    keeper.start([child])
    assert processes.wait_until(lambda: child.log.read_text().endswith("\n"), 10)
    grandchild = int(child.log.read_text())

    keeper.stop()

    assert processes.wait_until(lambda: not _lives(grandchild), 5)


def _lives(pid: int) -> bool:
    """A killed one that nobody has waited for does not count."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def test_log_names_each_line_and_waits_for_whole_ones(tmp_path: Path) -> None:
    output = io.StringIO()
    log = MergedLog({"web": tmp_path / "web.log", "worker": tmp_path / "worker.log"}, output)
    (tmp_path / "web.log").write_text("one\ntw")
    (tmp_path / "worker.log").write_text("three\n")

    log.show_new_lines()
    with (tmp_path / "web.log").open("a") as file:
        file.write("o\n")
    log.show_new_lines()

    assert output.getvalue().splitlines() == ["web    | one", "worker | three", "web    | two"]


def test_log_is_cut_when_it_grows_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saas.embedded.logs.LARGEST_BYTES", 5)
    output = io.StringIO()
    log = MergedLog({"web": tmp_path / "web.log"}, output)
    with (tmp_path / "web.log").open("a") as child:
        print("a long line", file=child, flush=True)
        log.show_new_lines()
        print("next", file=child, flush=True)
        log.show_new_lines()

    assert output.getvalue().splitlines() == ["web | a long line", "web | next"]
    assert (tmp_path / "web.1.log").read_text() == "a long line\n"


def test_log_goes_on_when_nobody_reads_it(tmp_path: Path) -> None:
    class Closed(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    log = MergedLog({"web": tmp_path / "web.log"}, Closed())
    (tmp_path / "web.log").write_text("one\n")

    log.show_new_lines()

    assert log.output.name == "/dev/null"
