"""Signed reports: what was signed is what is there, and anybody can tell."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tenants.fleet.isolation.queries import signed
from tenants.fleet.models import SigningKey
from tenants.fleet.signing import canonical, checked, key_in_use, pem, sign
from tenants.kernel.errors import Invalid
from tests.factories import Twin
from tests.isolation.samples import isolation_report


@pytest.fixture
def file(public: None, twins: tuple[Twin, Twin]) -> dict[str, Any]:
    return signed(isolation_report(twins[0].agency))


def as_bytes(file: Any) -> bytes:
    return json.dumps(file, indent=1).encode()


def test_a_report_as_it_was_given_out_is_good(file: dict[str, Any]) -> None:
    found = checked(as_bytes(file))

    assert (found.is_good, found.key) == (True, file["signature"]["key"])
    assert found.document == file["report"]


@pytest.mark.parametrize("name", ["verdict", "ended_at", "id", "agency"])
def test_a_changed_word_is_seen(file: dict[str, Any], name: str) -> None:
    file["report"][name] = "green " if name == "verdict" else "2027"

    assert checked(as_bytes(file)).is_good is False


def test_an_added_and_a_missing_line_are_seen(file: dict[str, Any]) -> None:
    more, less = json.loads(as_bytes(file)), json.loads(as_bytes(file))
    more["report"]["more"] = 1
    del less["report"]["faults"]

    assert [checked(as_bytes(one)).is_good for one in (more, less)] == [False, False]


def test_another_key_is_not_ours(file: dict[str, Any]) -> None:
    file["signature"]["key"] = "6a1f425a-2899-4bed-8713-2598661ff42e"

    assert checked(as_bytes(file)).is_good is False


def test_an_older_key_still_reads(file: dict[str, Any]) -> None:
    first = key_in_use()
    SigningKey.objects.create(public="A" * 44, private="B" * 44)

    assert key_in_use() != first
    assert checked(as_bytes(file)).is_good is True


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"report": 1, "signature": {"key": "a", "value": "b"}}', b"\xff"])
def test_what_is_no_report_is_refused_with_words(public: None, raw: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        checked(raw)

    assert list(refusal.value.errors) == ["file"]


def test_one_key_signs_and_lies_encrypted(public: None) -> None:
    key = key_in_use()

    assert key_in_use() == key
    assert SigningKey.objects.count() == 1
    assert str(key.private) not in key.private.reveal()
    assert len(sign({"a": 1}, key)) == 88


def test_the_canonical_text_is_sorted_and_plain() -> None:
    assert canonical({"b": 1, "a": {"d": "ж", "c": []}}).decode() == '{"a":{"c":[],"d":"ж"},"b":1}'


@pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl here")
def test_openssl_agrees(public: None, twins: tuple[Twin, Twin], tmp_path: Path) -> None:
    """As the documents tell it, with nothing of ours but the public key."""
    import base64

    found = signed(isolation_report(twins[0].agency))
    names = ("key.pem", "report.txt", "report.sig")
    key, text, signature = (tmp_path / name for name in names)
    key.write_text(pem(key_in_use().public))
    text.write_bytes(canonical(found["report"]))
    signature.write_bytes(base64.b64decode(found["signature"]["value"]))
    asked = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", text, "-sigfile", signature]

    assert subprocess.run(asked, capture_output=True, check=False).returncode == 0
