"""SIGKILL of the worker in mid-call, with a real worker, a real web server and the stand-in provider."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.models import Event
from tenants.records.registry import type_named
from tenants.records.timeline import timeline_of
from tenants.voice import accounts, open_companies
from tenants.voice.actions import place_call
from tenants.voice.models import Call, InboundHook
from tenants.voice.tasks import reconcile_calls_everywhere
from tests.factories import Twin
from tests.fakes.exotel import Exotel, Scenario
from tests.fakes.server import FakeServer
from tests.voice.conftest import wait_for

ROOT = Path(__file__).resolve().parents[2]
LONG_ENOUGH_TO_KILL = Scenario(ring_seconds=0.5, talk_seconds=5.0, recording_after=0.2)


class Processes:
    """Real processes of the house on the test's database; all of them end with the test."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        found = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.running.append(found)
        return found

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start("celery", "-A", "saas.celery", "worker", "-P", "solo", "--without-gossip", "--without-mingle")

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """The whole group at once, as a crash would."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@pytest.fixture
def port(settings: Any) -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        settings.PORT = listener.getsockname()[1]
    return int(settings.PORT)


@pytest.fixture
def house(settled: Twin, settings: Any, port: int) -> Iterator[tuple[Twin, Exotel, Processes]]:
    app = Exotel(LONG_ENOUGH_TO_KILL)
    with FakeServer({"exotel": app}) as server:
        settings.SANDBOX_URL = server.url
        environment = os.environ | {"OMNIFLOW_SANDBOX_URL": server.url, "OMNIFLOW_PORT": str(port)}
        processes = Processes(environment)
        processes.start(
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "saas.wsgi:application"
        )
        with context.inside(settled.place, actor=robot()):
            yield settled, app, processes
            for process in processes.running:
                processes.kill(process)
            open_companies._redis().flushdb()


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _reconciled(call: Call) -> Any:
    """What beat does every ten seconds; true once the call and its recording are in."""
    reconcile_calls_everywhere.apply_async()
    time.sleep(0.5)
    call.refresh_from_db()
    return not call.is_open and call.recording


def test_a_killed_worker_leaves_one_call_with_one_end_and_one_recording(
    house: tuple[Twin, Exotel, Processes], port: int
) -> None:
    twin, exotel, processes = house
    accounts.add_sandbox()
    contact = type_named("contacts").model._default_manager.get(pk=twin.contact_id)
    wait_for(lambda: _is_listening(port), 30)
    worker = processes.worker()

    call = place_call(record=contact, to="", by=robot("Tester"), request_key="crash")
    wait_for(lambda: _status(call) == "in_progress", 40)
    processes.kill(worker)
    told = wait_for(lambda: [one for one in exotel.calls.values() if one.done.is_set()], 20)
    assert _status(call) == "in_progress", "the end was told while nobody worked"
    assert InboundHook.objects.count() == 2

    processes.worker()
    wait_for(lambda: _reconciled(call), 60)

    assert [one.sid for one in told] == [call.provider_id] == list(exotel.calls)
    assert (call.status, call.outcome, call.talk_seconds) == ("completed", "answered", 5)
    assert exotel.callback_statuses == [200, 200]
    assert [entry.object for entry in timeline_of(contact) if entry.template] == [call]
    assert [
        Event.objects.filter(name=name).count() for name in ("call.started", "call.completed", "call.recorded")
    ] == [1, 1, 1]
    assert default_storage.listdir("calls")[1] == [f"{call.pk}.wav"]
    assert (call.recording_seconds, InboundHook.objects.filter(processed_at=None).count()) == (5, 0)


def _status(call: Call) -> str:
    call.refresh_from_db()
    return call.status
