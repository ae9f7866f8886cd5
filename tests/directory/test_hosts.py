"""Which host leads where, and that nothing else leads anywhere."""

import subprocess
import sys
import time
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants.directory import hosts
from tenants.directory.enums import Face
from tenants.directory.hosts import CHANNEL, resolve
from tenants.directory.models import Company, Domain
from tenants.directory.names import normal_host
from tenants.kernel import context
from tests.factories import Twin

SAME = ["works.alpha.localhost", "WORKS.Alpha.LOCALHOST", "works.alpha.localhost:8000", "works.alpha.localhost.",
        "works.alpha.localhost.:443", " works.alpha.localhost "]  # fmt: skip
NOBODY = [
    "", " ", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000", "alpha", "localhost.evil.example", "xlocalhost",
    "nobody.localhost", "works.nobody.localhost", "works.alpha.localhost@evil.example", "evil@works.alpha.localhost",
    "works.alpha.localhost/..", "works.alpha.localhost:80a", "works.alpha.localhost:", "works.alpha.localhost..",
    ".works.alpha.localhost", "works..alpha.localhost", "-works.alpha.localhost", "works_alpha.localhost",
    "works.alpha.localhost,evil.example", "works.alpha.localhost evil", "%", "*", "*.alpha.localhost", "a" * 300,
    "works.alpha.localhost\x00", "wörks.alpha.localhost", "xn--wrks-5qa.alpha.localhost", "http://works.alpha.localhost",
    "' OR 1=1 --", "public", "t_abcdefghijklmnopqrst", "works.alpha.localhost:80:80", "०.localhost",
]  # fmt: skip


@pytest.mark.parametrize("raw", SAME)
def test_writings_of_one_host_lead_to_one_company(twins: tuple[Twin, Twin], raw: str) -> None:
    tenant = resolve(raw)

    assert tenant
    assert tenant.company
    assert (tenant.face, tenant.company.id) == (Face.COMPANY, twins[0].company.pk)


@pytest.mark.parametrize("raw", NOBODY)
def test_other_hosts_lead_nowhere_and_tell_nothing(twins: tuple[Twin, Twin], raw: str) -> None:
    assert resolve(raw) is None
    if "\x00" in raw:
        return
    answer = Client(headers={"host": raw}).get("/")

    text = answer.content.decode()
    assert answer.status_code == 404
    assert not any(name in text for name in ("OmniFlow", "Alpha", twins[1].agency.name, twins[0].sentinel))
    assert not answer.cookies


def test_forwarded_host_is_not_believed(twins: tuple[Twin, Twin]) -> None:
    a, b = twins
    answer = Client(headers={"host": a.host, "x-forwarded-host": b.host, "forwarded": f"host={b.host}"}).get(
        "/sign-in/"
    )

    assert "AlphaSuite" in answer.content.decode()
    assert b.agency.name.split()[0] not in answer.content.decode()


@pytest.mark.parametrize(
    ("raw", "host"),
    [
        ("Bücher.example", "xn--bcher-kva.example"),
        ("пример.example", "xn--e1afmkfd.example"),
        ("ａ.example", "a.example"),
    ],
)
def test_international_names_are_kept_in_their_ascii_form(raw: str, host: str) -> None:
    assert normal_host(raw) == host


def test_warm_host_costs_no_query(twins: tuple[Twin, Twin]) -> None:
    resolve(twins[0].host)
    with context.public(), CaptureQueriesContext(connection) as queries:
        resolve(twins[0].host.upper() + ":8000")

    assert len(queries) == 0


def test_unverified_host_leads_nowhere(public: None, twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    Domain.objects.create(
        host="crm.alpha.example", face=Face.COMPANY, agency=a.agency, company=a.company, is_custom=True, token="x"
    )

    assert resolve("crm.alpha.example") is None
    assert Client(headers={"host": "localhost"}).get("/internal/tls-ask?domain=crm.alpha.example").status_code == 404


def test_tls_ask_knows_ours_only(twins: tuple[Twin, Twin]) -> None:
    platform = Client(headers={"host": "localhost"})

    answers = [
        platform.get("/internal/tls-ask", {"domain": host}).status_code
        for host in ("localhost", twins[0].host, "evil.example", "")
    ]
    assert answers == [200, 200, 404, 404]


def _until(is_true: Any) -> bool:
    for _ in range(100):
        if is_true():
            return True
        time.sleep(0.05)
    return False


def test_word_from_redis_makes_this_process_forget(twins: tuple[Twin, Twin]) -> None:
    resolve(twins[0].host)
    ear = redis.Redis.from_url(settings.REDIS_URL)
    assert _until(lambda: dict(ear.pubsub_numsub(CHANNEL))[CHANNEL.encode()] > 0)

    before = hosts._generation
    ear.publish(CHANNEL, hosts.HOSTS)

    assert _until(lambda: hosts._generation > before)
    assert twins[0].host not in hosts._kept


OTHER_PROCESS = """
import django; django.setup()
import sys, time
from tenants.directory.hosts import resolve
host = sys.argv[1]
print(resolve(host).company.name, flush=True)
for line in sys.stdin:
    print(resolve(host).company.name, flush=True)
"""


def test_another_process_hears_of_a_change(twins: tuple[Twin, Twin]) -> None:
    """The change is committed on a connection of its own; the other process has the old name in memory."""
    command = [sys.executable, "-c", OTHER_PROCESS, twins[0].host]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdin
        first = other.stdout.readline().strip()
        _rename(twins[0].company, "Alpha Renamed")
        try:
            changed = _until(lambda: _asked(other) == "Alpha Renamed")
        finally:
            _rename(twins[0].company, first)
            other.stdin.close()

    assert (first, changed) == ("Alpha Works", True)


def _asked(other: Any) -> str:
    other.stdin.write("again\n")
    other.stdin.flush()
    return str(other.stdout.readline().strip())


def _rename(company: Company, name: str) -> None:
    """On a connection of its own, committed at once, unlike the test's."""
    import psycopg

    values = settings.DATABASES["default"]
    with psycopg.connect(
        dbname=values["NAME"], user=values["USER"], host=values["HOST"], port=values["PORT"] or None
    ) as other:
        other.execute("UPDATE public.directory_company SET name = %s WHERE id = %s", [name, company.pk])
    hosts._announce(hosts.HOSTS)
