"""A provider's credentials: kept encrypted, used for calls, and read by nobody any more."""

import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Denied
from tenants.records.exporting.actions import export_everything
from tenants.records.models import Change
from tenants.voice import accounts
from tenants.voice.credentials import adapter_of, opened
from tenants.voice.models import TelephonyAccount
from tenants.voice.providers.sandbox import credentials_for
from tests.factories import Twin
from tests.fakes.exotel import Exotel

URL = "/settings/voice/exotel/"


@pytest.fixture
def typed(company: Twin, exotel: Exotel, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the stand-in takes for an account of Exotel's."""
    base = f"{settings.SANDBOX_URL}/exotel"
    monkeypatch.setattr("tenants.voice.providers.exotel.adapter.REGIONS", {"in": base, "sg": base})
    return {"region": "in"} | credentials_for(str(company.company.pk))


@pytest.fixture
def secret(typed: dict[str, str]) -> str:
    return typed["api_token"]


def test_credentials_that_work_are_kept_and_used(owner: Client, typed: dict[str, str]) -> None:
    answer = owner.post(URL, typed)

    account = TelephonyAccount.objects.get()
    assert (answer.status_code, account.is_default, account.caller_id) == (302, True, typed["caller_id"])
    assert opened(account) == typed
    adapter_of(account).check_connection()


def test_secret_left_empty_stays_and_others_change(owner: Client, typed: dict[str, str], secret: str) -> None:
    owner.post(URL, typed)

    answer = owner.post(URL, typed | {"api_token": "", "caller_id": "+918047100009"})

    account = TelephonyAccount.objects.get()
    assert (answer.status_code, account.caller_id, opened(account)["api_token"]) == (302, "+918047100009", secret)


def test_form_shows_four_characters_and_no_more(owner: Client, typed: dict[str, str], secret: str) -> None:
    owner.post(URL, typed)

    page = owner.get(URL).content.decode()

    assert f"••••{secret[-4:]}" in page
    assert secret not in page
    assert secret not in owner.get("/settings/voice/").content.decode()


def test_secret_is_found_in_no_table_export_history_audit_or_log(
    company: Twin, owner: Client, typed: dict[str, str], secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    owner.post(URL, typed)
    owner.post(URL, typed | {"caller_id": "x"})
    job = export_everything(file_format="json", by=company.owner().actor)

    assert secret not in everything_in_tables()
    assert secret not in caplog.text
    assert not Change.objects.filter(changes__icontains=secret).exists()
    assert not AuditEntry.objects.filter(details__icontains=secret).exists()
    assert "telephony" not in str(job.result).lower()
    api = company.with_key()
    for path in ("/api/v1/calls", "/api/v1/audit", "/api/v1/openapi.json", "/api/v1/exports"):
        assert secret not in api.get(path).content.decode(), path


def everything_in_tables() -> str:
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT array_agg(t::text)::text FROM "{table}" t')
            found.append(str(cursor.fetchone()[0]))
    assert len(found) > 20
    return "\n".join(found)


def test_disconnecting_forgets_them(owner: Client, typed: dict[str, str]) -> None:
    owner.post(URL, typed)

    owner.post(f"{URL}removal/")

    assert not TelephonyAccount.objects.exists()
    assert AuditEntry.objects.filter(action="telephony.removed", subject="exotel").count() == 1


def test_only_who_changes_settings_connects(company: Twin, typed: dict[str, str]) -> None:
    rep = Actor(kind="user", name="Rep")

    with pytest.raises(Denied):
        accounts.connect(provider="exotel", credentials=typed, by=rep)
    with pytest.raises(Denied):
        accounts.disconnect(provider="exotel", by=rep)
    assert not TelephonyAccount.objects.exists()


def test_credentials_of_one_company_are_no_use_in_another(twins: tuple[Twin, Twin], typed: dict[str, str]) -> None:
    from tenants.kernel.secrets import Unreadable

    with context.inside(twins[0].place, actor=robot()):
        accounts.connect(provider="exotel", credentials=typed, by=robot())
        account = TelephonyAccount.objects.get()
    with context.inside(twins[1].place), pytest.raises(Unreadable):
        opened(account)
