"""Envelope encryption: bound to place and purpose, rotated while in use, never seen in clear."""

import base64
import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from tenants.kernel import context, logs, masters, secrets
from tenants.kernel.context import PUBLIC_SCHEMA, Place
from tenants.kernel.models import DataKey
from tenants.kernel.rotating import rotate
from tenants.kernel.secrets import Unreadable, decrypt, encrypt, hint
from tenants.voice.models import TelephonyAccount
from tests.factories import Twin

TEXT = "SENTINEL-SECRET-4711"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    secrets._opened.clear()


def account(text: str = TEXT) -> TelephonyAccount:
    return TelephonyAccount.objects.create(
        provider="exotel", name="x", credentials=text, hook_token=os.urandom(8).hex()
    )


def raw() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM voice_telephonyaccount WHERE provider = 'exotel' ORDER BY id DESC")
        return str(cursor.fetchone()[0])


def test_what_was_encrypted_is_read_again_and_differs_each_time(company: Twin) -> None:
    one, two = (encrypt(TEXT, purpose="a") for _ in range(2))

    assert one != two
    assert TEXT not in one
    assert [decrypt(text, purpose="a") for text in (one, two)] == [TEXT, TEXT]
    assert DataKey.objects.count() == 1


def test_text_moved_to_another_purpose_or_company_is_unreadable(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        token = encrypt(TEXT, purpose="a")
        key = DataKey.objects.get()
        with pytest.raises(Unreadable):
            decrypt(token, purpose="b")
    secrets._opened.clear()
    with context.inside(twins[1].place):
        with pytest.raises(Unreadable):
            decrypt(token, purpose="a")
        # Even with the data key's row copied along.
        DataKey.objects.create(id=key.pk, master=key.master, wrapped=key.wrapped)
        with pytest.raises(Unreadable):
            decrypt(token, purpose="a")


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-2] + "AA", lambda t: "s1.x.y", lambda t: "", lambda t: t.replace("s1.", "s2."), lambda t: TEXT],
)
def test_text_tampered_with_is_unreadable(company: Twin, change: Any) -> None:
    token = encrypt(TEXT, purpose="a")

    with pytest.raises(Unreadable):
        decrypt(change(token), purpose="a")


def test_public_has_keys_of_its_own(public: None) -> None:
    token = encrypt(TEXT, purpose="a")

    with context.inside(Place(schema=PUBLIC_SCHEMA)):
        assert decrypt(token, purpose="a") == TEXT


def test_secrets_are_written_in_a_transaction(company: Twin) -> None:
    """On a thread with a connection of its own, outside any transaction."""
    found: list[Exception] = []

    def write() -> None:
        try:
            with context.inside(company.place):
                encrypt(TEXT, purpose="a")
        except RuntimeError as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert [str(error) for error in found] == ["Secrets are written in a transaction."]


def test_column_is_encrypted_and_masked_everywhere(company: Twin) -> None:
    kept = account()
    found = TelephonyAccount.objects.get(pk=kept.pk)

    assert TEXT not in raw()
    assert raw().startswith("s1.")
    assert found.credentials.reveal() == TEXT  # type: ignore[attr-defined]
    assert {str(found.credentials), repr(found.credentials), f"{found.credentials}"} == {"••••"}
    assert TelephonyAccount._meta.get_field("credentials").value_to_string(found) == "••••"
    with pytest.raises(FieldError):
        TelephonyAccount.objects.filter(credentials=TEXT).exists()


def test_saving_what_was_read_keeps_it_as_it_is(company: Twin) -> None:
    kept = account()
    before = raw()
    found = TelephonyAccount.objects.get(pk=kept.pk)

    found.save()

    assert raw() == before
    found.credentials = ""
    found.save()
    assert raw() == ""


@pytest.mark.parametrize(("text", "shown"), [("abcdefgh1234", "••••1234"), ("short", "••••"), ("", "")])
def test_hint_shows_four_characters_of_long_ones_only(text: str, shown: str) -> None:
    assert hint(text) == shown


def test_rotation_writes_all_anew_and_drops_the_old_key(company: Twin) -> None:
    kept = [account(f"{TEXT}-{n}").pk for n in range(3)]
    old = DataKey.objects.get()

    done = rotate()

    assert (done.wrapped, done.secrets, done.keys_dropped) == (0, 3, 1)
    assert DataKey.objects.get().pk != old.pk
    texts = [TelephonyAccount.objects.get(pk=pk).credentials.reveal() for pk in kept]  # type: ignore[attr-defined]
    assert texts == [f"{TEXT}-{n}" for n in range(3)]


def test_rotation_killed_in_the_middle_goes_on_and_all_is_readable_meanwhile(
    company: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [account(f"{TEXT}-{n}") for n in range(5)]
    monkeypatch.setattr("tenants.kernel.rotating.PIECE", 2)
    written: list[int] = []

    def killed(*args: Any) -> int:
        if sum(written) == 4:
            raise RuntimeError("killed")
        written.append(real(*args))
        return written[-1]

    from tenants.kernel import rotating

    real = rotating._write_anew
    with monkeypatch.context() as patch:
        patch.setattr(rotating, "_write_anew", killed)
        with pytest.raises(RuntimeError, match="killed"):
            rotate()
    texts = [TelephonyAccount.objects.get(pk=one.pk).credentials.reveal() for one in kept]  # type: ignore[attr-defined]
    assert texts == [f"{TEXT}-{n}" for n in range(5)]
    assert DataKey.objects.count() == 2

    done = rotate()

    assert (done.secrets, done.keys_dropped, DataKey.objects.count()) == (1, 1, 1)


def test_new_master_key_wraps_the_data_keys_and_the_old_one_may_go(company: Twin, settings: Any) -> None:
    settings.MASTER_KEYS = old = masters.new_line()
    kept = account()
    settings.MASTER_KEYS = f"{masters.new_line()},{old}"
    secrets._opened.clear()
    assert TelephonyAccount.objects.get(pk=kept.pk).credentials.reveal() == TEXT  # type: ignore[attr-defined]

    assert rotate(data_keys=False).wrapped == 1

    settings.MASTER_KEYS = settings.MASTER_KEYS.partition(",")[0]
    secrets._opened.clear()
    assert TelephonyAccount.objects.get(pk=kept.pk).credentials.reveal() == TEXT  # type: ignore[attr-defined]
    settings.MASTER_KEYS = masters.new_line()
    secrets._opened.clear()
    with pytest.raises(ImproperlyConfigured, match="is missing"):
        TelephonyAccount.objects.get(pk=kept.pk).credentials.reveal()  # type: ignore[attr-defined]


def test_command_rotates_public_and_companies(company: Twin, capsys: pytest.CaptureFixture[str]) -> None:
    account()
    with context.public():
        encrypt(TEXT, purpose="a")

    call_command("secrets", "rotate")

    name = f"{company.agency.slug}/{company.company.slug}"
    assert f"{name}: 0 keys wrapped, 1 secrets written anew, 1 older keys dropped" in capsys.readouterr().out


def test_key_file_is_made_once_for_us_alone_and_extended(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MASTER_KEYS = tmp_path, ""
    first = masters.current()
    file = tmp_path / "master_keys"

    assert file.stat().st_mode & 0o777 == 0o600
    assert (masters.make(), masters.current()) == (False, first)
    call_command("secrets", "new-master")
    assert file.stat().st_mode & 0o777 == 0o600
    assert masters.current() != first
    assert masters.named(first[0]) == first[1]


def test_production_makes_no_key_by_itself(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.MASTER_KEYS, settings.IS_PRODUCTION = tmp_path, "", True

    with pytest.raises(ImproperlyConfigured, match="OMNIFLOW_MASTER_KEYS"):
        masters.current()


@pytest.mark.parametrize("text", [":x", "a:!!", f"a:{base64.b64encode(b'short').decode()}", f"{'n' * 17}:x", " , "])
def test_broken_master_keys_are_refused_without_being_told(text: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        masters.read(text)
    assert "short" not in str(refused.value)


@pytest.mark.parametrize(
    "told",
    [
        {"event": "x", "password": TEXT},
        {"event": "x", "credentials": {"api_token": TEXT}},
        {"event": "x", "deep": [{"client_secret": TEXT}]},
        {"event": f"asked with Authorization: Bearer {TEXT}"},
        {"event": f"GET https://user:{TEXT}@api.example/v1"},
        {"event": f"sent api_key={TEXT}&x=1"},
        {"event": f'{{"api_token": "{TEXT}"}}'},
        {"event": "x", "exception": f"ValueError: token: {TEXT}"},
    ],
)
def test_logs_hide_what_is_secret(told: dict[str, Any]) -> None:
    assert TEXT not in str(logs._hide_secrets(None, "info", dict(told)))


def test_log_line_of_any_library_is_masked(company: Twin) -> None:
    record = logging.LogRecord("httpx", logging.INFO, "f", 1, "GET https://k:%s@host/", (TEXT,), None)

    line = logs.formatter(as_json=True).format(record)

    assert TEXT not in line
    assert json.loads(line)["event"] == "GET https://k:••••@host/"


def test_ordinary_words_stay_readable() -> None:
    words = {"event": "role kept", "role": "t_abc", "count": 3, "url": "https://host/path?x=1"}

    assert logs._hide_secrets(None, "info", dict(words)) == words
