"""Sealed streams: whole or refused, whatever is done to them on the way."""

import os
import secrets

import pytest

from tenants.fleet.backups import sealing
from tenants.fleet.backups.sealing import LENGTH, MAGIC, Header, Sealer, opened
from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import Unfit
from tenants.kernel import masters

BACKUP, COMPANY = "0198f2c1-0000-7000-8000-000000000001", "0198f2c1-0000-7000-8000-000000000002"


@pytest.fixture
def small_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "FRAME", 1000)


def sealed(data: bytes, backup: str = BACKUP) -> bytes:
    out: list[bytes] = []
    sealer = Sealer(Header(backup=backup, company=COMPANY), out.append)
    for start in range(0, len(data), 700):
        sealer.write(data[start : start + 700])
    sealer.close()
    return b"".join(out)


def read(data: bytes, size: int = 4096, expected: str = BACKUP) -> bytes:
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(opened(chunks, expected=expected))


def frames_of(data: bytes) -> tuple[bytes, list[bytes]]:
    """The header as it stands in front, and each frame with its length."""
    at = len(MAGIC)
    at += LENGTH.size + LENGTH.unpack_from(data, at)[0]
    head, frames = data[:at], []
    while at < len(data):
        size = LENGTH.size + (LENGTH.unpack_from(data, at)[0] >> 1)
        frames.append(data[at : at + size])
        at += size
    return head, frames


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 250_000])
@pytest.mark.parametrize("chunk", [1, 17, 4096, 1 << 20])
def test_what_goes_in_comes_out(small_frames: None, size: int, chunk: int) -> None:
    if chunk == 1 and size > 1001:
        pytest.skip("a byte at a time takes long")
    data = os.urandom(size)
    assert read(sealed(data), chunk) == data


def test_it_is_packed_and_not_to_be_read() -> None:
    data = b"Priya Nair\t+919820011842\n" * 4_000
    found = sealed(data)
    assert len(found) < len(data) / 20
    assert b"Priya" not in found
    assert sealed(data) != found


def test_a_cut_anywhere_is_noticed(small_frames: None) -> None:
    whole = sealed(os.urandom(5_000))
    for length in [0, 5, len(MAGIC) + 3, *range(400, len(whole), 501), len(whole) - 1]:
        with pytest.raises(Unfit):
            read(whole[:length])


def test_frames_left_out_exchanged_or_added_are_noticed(small_frames: None) -> None:
    head, frames = frames_of(sealed(os.urandom(200_000)))
    assert len(frames) > 4
    other = frames_of(sealed(os.urandom(200_000)))[1]
    for bent in (
        frames[1:],
        frames[:1] + frames[2:],
        frames[:-1],
        [frames[1], frames[0], *frames[2:]],
        [*frames, frames[-1]],
        [*frames[:2], other[2], *frames[3:]],
    ):
        with pytest.raises(Altered):
            read(head + b"".join(bent))


def test_a_frame_that_claims_to_be_the_last_is_not(small_frames: None) -> None:
    head, frames = frames_of(sealed(os.urandom(200_000)))
    told = LENGTH.unpack_from(frames[1])[0]
    with pytest.raises(Altered):
        read(head + frames[0] + LENGTH.pack(told | 1) + frames[1][LENGTH.size :])


def test_a_bit_turned_anywhere_is_noticed(small_frames: None) -> None:
    whole = sealed(os.urandom(3_000))
    for at in range(0, len(whole), 97):
        bent = bytearray(whole)
        bent[at] ^= 4
        with pytest.raises(Unfit):
            read(bytes(bent))


def test_another_backup_under_this_name_is_noticed() -> None:
    with pytest.raises(Altered):
        read(sealed(b"x", backup="0198f2c1-0000-7000-8000-000000000009"))


def test_a_backup_that_took_on_anothers_name_is_noticed() -> None:
    """The name stands in the clear, but what is sealed is bound to it."""
    other = "0198f2c1-0000-7000-8000-000000000009"
    with pytest.raises(Altered):
        read(sealed(b"x", backup=other).replace(other.encode(), BACKUP.encode()))


def test_a_missing_master_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name, whole = masters.current()[0], sealed(b"x")
    monkeypatch.setattr(masters, "masters", lambda: {"new": secrets.token_bytes(32)})
    with pytest.raises(Unfit, match=name):
        read(whole)


def test_a_rotated_master_key_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, before = sealed(b"x"), masters.masters()
    monkeypatch.setattr(masters, "masters", lambda: {"new": secrets.token_bytes(32), **before})
    assert read(whole) == b"x"
