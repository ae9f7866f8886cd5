"""Backups in a bucket: in parts, in ranges, refused cleanly. Against a server that speaks S3."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tenants.fleet.backups.stores import bucket
from tenants.fleet.backups.stores.base import StoreFailed
from tenants.fleet.backups.stores.bucket import BucketStore
from tenants.fleet.backups.stores.choosing import store_at
from tenants.fleet.models import Backup
from tenants.fleet.operations.running import run
from tenants.fleet.restoring.actions import begin_restore
from tenants.kernel.actors import robot
from tests.factories import Twin
from tests.fleet.backups.test_backups import backed_up

MEGABYTE = 1024 * 1024
START_SECONDS = 30


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the S3 server did not start")


@pytest.fixture
def place(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> BucketStore:
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "eu-west-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    found = store_at(url_of(endpoint))
    assert isinstance(found, BucketStore)
    if "kept" not in [one["Name"] for one in found.client.list_buckets()["Buckets"]]:
        found.client.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return found


def url_of(endpoint: str) -> str:
    return f"s3://kept/fleet?endpoint={quote(endpoint)}&region=eu-west-1"


def put(place: BucketStore, key: str, data: bytes) -> None:
    writer = place.writer(key)
    for start in range(0, len(data), 700_000):
        writer.write(data[start : start + 700_000])
    writer.finish()


@pytest.mark.parametrize("size", [10, 5 * MEGABYTE, 5 * MEGABYTE + 1, 17 * MEGABYTE])
def test_what_goes_in_comes_out_in_parts_and_ranges(
    place: BucketStore, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "PART", 5 * MEGABYTE)  # S3 takes no smaller ones but the last
    monkeypatch.setattr(bucket, "RANGE", 2 * MEGABYTE)
    data = os.urandom(size)

    put(place, "a/b", data)

    assert (place.size("a/b"), b"".join(place.chunks("a/b")) == data) == (size, True)
    place.delete("a/b")
    with pytest.raises(StoreFailed):
        place.size("a/b")


def uploads(place: BucketStore) -> int:
    return len(place.client.list_multipart_uploads(Bucket="kept").get("Uploads", []))


def test_nobody_sees_what_was_not_finished(place: BucketStore) -> None:
    for leave in (lambda writer: writer.give_up(), lambda writer: place.delete("a/b")):
        writer = place.writer("a/b")
        writer.write(b"1" * 6 * MEGABYTE)
        with pytest.raises(StoreFailed):
            place.size("a/b")
        leave(writer)
        assert uploads(place) == 0


def test_an_object_that_is_replaced_while_it_is_read_is_refused(
    place: BucketStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket, "RANGE", 10)
    put(place, "a/b", b"0" * 30)
    chunks = place.chunks("a/b")
    next(chunks)
    put(place, "a/b", b"1" * 30)
    with pytest.raises(StoreFailed):
        list(chunks)


def test_a_server_that_is_away_is_told_within_seconds(place: BucketStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "TRIES", 1)
    gone = store_at("s3://kept?endpoint=http://127.0.0.1:9&region=eu-west-1")
    started = time.monotonic()
    with pytest.raises(StoreFailed, match="EndpointConnectionError"):
        gone.size("a")
    assert time.monotonic() - started < 10


def test_a_company_is_saved_and_restored_over_a_bucket(
    place: BucketStore, settled: Twin, endpoint: str, settings: Any
) -> None:
    settings.BACKUP_URL = url_of(endpoint)

    backup: Backup = backed_up(settled)
    done = run(begin_restore(company=settled.company, backup=backup, by=robot()))

    assert (done.state, done.result["exact"]) == ("done", True)
    assert place.size(backup.place) == backup.size
