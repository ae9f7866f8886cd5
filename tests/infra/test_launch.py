"""What `infra/up` does before anything runs: options, ports, the data folder, stamps, packages."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.launch import data_dir, leftovers, report, stamps, system
from infra.launch.commands import run
from infra.launch.console import RefusalError, Steps
from infra.launch.options import read_options
from infra.launch.ports import kept_port, refuse_used_port

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture
def used_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def up(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, REPO / "infra" / "up", *arguments], capture_output=True, text=True, timeout=30
    )


def test_options_have_their_defaults() -> None:
    options = read_options([])

    assert (options.port, options.host, options.data_dir) == (8000, "127.0.0.1", REPO / ".data")
    assert (options.is_fresh, options.has_demo) == (False, True)


def test_up_says_that_the_port_is_in_use(used_port: int, tmp_path: Path) -> None:
    ran = up("--port", str(used_port), "--data-dir", str(tmp_path))

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr == f"infra/up: Port {used_port} is in use; choose another with --port.\n"


def test_up_refuses_to_empty_a_foreign_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")

    ran = up("--fresh", "--data-dir", str(tmp_path))

    assert ran.returncode == 1
    assert ran.stderr == (
        f"infra/up: {tmp_path} was not made by infra/up, so --fresh does not empty it; give another --data-dir.\n"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_leftovers_of_this_folder_are_ended_and_others_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "GRACE_SECONDS", 0.0)
    ours, others = (
        subprocess.Popen(["sleep", "60"], env=os.environ | {leftovers.MARK: str(tmp_path / name)})
        for name in ("ours", "others")
    )

    # A dead child of ours stays in the list of processes until we wait for it, with no environment.
    leftovers.end_leftovers(tmp_path / "ours")

    assert ours.wait(5) == -9
    assert others.poll() is None
    others.kill()
    others.wait()


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_up_refuses_what_is_no_port(port: str) -> None:
    ran = up("--port", port)

    assert ran.returncode == 2
    assert f"{port} is not a port; give a number from 1 to 65535" in ran.stderr


def test_up_refuses_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("")

    ran = up("--port", str(kept_port(tmp_path / "note")), "--data-dir", str(file))

    assert ran.returncode == 1
    assert ran.stderr == f"infra/up: {file} is a file; give another --data-dir.\n"


def test_free_port_is_not_refused(tmp_path: Path) -> None:
    refuse_used_port("127.0.0.1", kept_port(tmp_path / "note"))


def test_kept_port_stays_while_free(tmp_path: Path) -> None:
    first = kept_port(tmp_path / "note")

    assert kept_port(tmp_path / "note") == first


def test_kept_port_changes_when_taken(tmp_path: Path, used_port: int) -> None:
    (tmp_path / "note").write_text(str(used_port))

    assert kept_port(tmp_path / "note") != used_port


def test_claim_refuses_what_cannot_be_written() -> None:
    with pytest.raises(
        RefusalError, match=r"^The data folder /proc/omniflow cannot be written: .*; give another --data-dir\.$"
    ):
        data_dir.claim(Path("/proc/omniflow"))


def test_held_folder_is_refused_to_a_second_one(tmp_path: Path) -> None:
    with (
        data_dir.held(tmp_path),
        pytest.raises(RefusalError, match=rf"already runs on .* \(process {os.getpid()}\); stop it first"),
        data_dir.held(tmp_path),
    ):
        pass


def test_held_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    with data_dir.held(tmp_path):
        pass

    with data_dir.held(tmp_path):
        assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_empty_keeps_only_lock_and_marker(tmp_path: Path) -> None:
    data_dir.claim(tmp_path)
    (tmp_path / "files").mkdir()
    (tmp_path / "secret_key").write_text("x")

    with data_dir.held(tmp_path):
        data_dir.empty(tmp_path)

    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".lock", ".omniflow"]


def test_folder_with_the_files_of_others_is_never_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    data_dir.claim(tmp_path)

    with pytest.raises(RefusalError, match="was not made by infra/up, so --fresh does not empty it"):
        data_dir.refuse_foreign(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_secret_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    key = data_dir.secret_key(tmp_path)

    assert data_dir.secret_key(tmp_path) == key
    assert len(key) == 86
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_digest_changes_with_name_and_content(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("a")
    before = stamps.digest(files=[one])

    assert stamps.digest(files=[two]) != before
    one.write_text("b")
    assert stamps.digest(files=[one]) != before


def test_sources_leave_out_what_is_hidden_installed_or_built(tmp_path: Path) -> None:
    for name in ("a.py", "app/b.py", ".venv/c.py", "node_modules/d.py", "static-build/e.py", "app/f.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")

    found = sorted(str(file.relative_to(tmp_path)) for file in stamps.sources(tmp_path, {".py"}))

    assert found == ["a.py", "app/b.py"]


def test_stamp_matches_only_its_value(tmp_path: Path) -> None:
    stamps.put(tmp_path / "deep" / "stamp", "one")

    assert stamps.matches(tmp_path / "deep" / "stamp", "one")
    assert not stamps.matches(tmp_path / "deep" / "stamp", "two")
    assert not stamps.matches(tmp_path / "missing", "one")


def test_steps_are_numbered_and_noted(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(2)

    with steps.step("First") as step:
        step.note = "up to date"

    assert capsys.readouterr().out == "[1/2] First                 0.0 s  up to date\n"


def test_run_shows_what_a_failing_command_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(RefusalError, match=r"^Making tea failed \(exit 3\): sh -c"):
        run(["sh", "-c", "echo no water; exit 3"], what="Making tea", cwd=tmp_path)

    assert "    no water" in capsys.readouterr().out


def test_missing_packages_without_rights_give_the_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    needs = [system.Need("tea", lambda: False), system.Need("cup", lambda: True)]

    with pytest.raises(RefusalError) as refused:
        system.install_missing(needs)

    assert str(refused.value).endswith(": sudo apt-get update && sudo apt-get install --no-install-recommends -y tea")


def test_nothing_is_installed_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("nothing to run"))

    assert system.install_missing([system.Need("cup", lambda: True)]) == []


def test_snap_placeholder_is_no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub = tmp_path / "chromium-browser"
    stub.write_text("#!/bin/sh\nexec /snap/bin/chromium\n")
    monkeypatch.setattr("shutil.which", lambda name: str(stub) if name == stub.name else None)

    assert system.find_browser() is None


def test_report_lists_every_login(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    login = {"url": "http://localhost:8000", "email": "a@b.test", "password": "pw"}
    agency = login | {"slug": "northstar", "url": "http://northstar.localhost:8000"}
    ready.write_text(json.dumps({"platform": login, "agencies": [agency], "companies": []}))

    url, rows = report.logins(ready)

    assert url == "http://localhost:8000"
    assert rows == [
        ("platform", "http://localhost:8000", "a@b.test", "pw"),
        ("agency northstar", "http://northstar.localhost:8000", "a@b.test", "pw"),
    ]
    assert report.table(rows).splitlines()[1] == "  platform          http://localhost:8000            a@b.test  pw"
