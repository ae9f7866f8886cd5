"""T38: a company that asks for too much is stopped, and its neighbours get their share."""

import threading
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from saas.shares import LEFT_TO_OTHERS, Share, Shares
from tenants.directory.hosts import resolve
from tenants.kernel import context
from tests.factories import Twin

ENDLESS = "SELECT count(*) FROM generate_series(1, 100000000000) a"


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('{name}')")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("plan", "source", "limits"),
    [
        ("free", "page", ("10s", "10s", "1min")),
        ("enterprise", "api", ("30s", "10s", "1min")),
        ("unheard of", "hook", ("20s", "10s", "1min")),
        ("free", "job", ("260s", "1min", "260s")),
        ("free", "", ("260s", "1min", "260s")),
    ],
)
def test_t38_limits_come_with_the_place(twins: tuple[Twin, Twin], plan: str, source: str, limits: Any) -> None:
    place = context.Place(schema=twins[0].place.schema, role=twins[0].place.role, plan=plan)
    with context.inside(place, source=source):
        found = [shown(f"{name}_timeout") for name in ("statement", "lock", "idle_in_transaction_session")]
    with context.public():
        assert shown("statement_timeout") == "0"

    assert [seconds(one) for one in found] == [seconds(one) for one in limits]


def seconds(text: str) -> int:
    return int(text.rstrip("mins")) * (60 if text.endswith("min") else 1)


def test_t38_limits_are_set_anew_after_a_rollback(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, source="page"):
        with transaction.atomic():
            shown("statement_timeout")
            transaction.set_rollback(True)
        assert seconds(shown("statement_timeout")) == settings.STATEMENT_SECONDS[""]


def test_t38_an_endless_statement_is_ended(twins: tuple[Twin, Twin], settings: Any) -> None:
    settings.STATEMENT_SECONDS = {"": 1}
    started = time.monotonic()
    with (
        context.inside(twins[0].place, source="page"), transaction.atomic(), connection.cursor() as cursor,
        pytest.raises(OperationalError, match="statement timeout"), transaction.atomic(),
    ):  # fmt: skip
        cursor.execute(ENDLESS)

    assert time.monotonic() - started < 5


def endless(*_: Any, **__: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ENDLESS)


def test_t38_who_asked_is_told_to_come_again(
    twins: tuple[Twin, Twin], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATEMENT_SECONDS = {"": 1, "free": 1}
    monkeypatch.setattr("tenants.records.api.order_for", endless)
    answer = twins[0].with_key().get("/api/v1/contacts")

    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "took_too_long")
    monkeypatch.undo()
    assert context.current_or_none() is None
    assert twins[1].with_key().get("/api/v1/accounts").status_code == 200


@pytest.fixture
def crowded(twins: tuple[Twin, Twin], settings: Any) -> Any:
    """The middleware before a view that waits until it is let go; `ask(host)` in a thread of its own."""
    settings.WEB_THREADS = 6
    free, inside = threading.Event(), threading.Semaphore(0)

    def view(request: HttpRequest) -> HttpResponse:
        inside.release()
        free.wait(30)
        return HttpResponse("done")

    shares = Shares(view)

    def ask(twin: Twin, path: str = "/contacts/", **headers: str) -> HttpResponse:
        request = RequestFactory().get(path, headers={"host": twin.host, **headers})
        request.tenant = resolve(twin.host)  # type: ignore[attr-defined]
        request.brand = request.tenant.brand  # type: ignore[attr-defined]
        with context.inside(twin.place):
            return shares(request)  # type: ignore[return-value]

    yield ask, free, inside, shares
    free.set()


def test_t38_one_company_never_has_all_threads(twins: tuple[Twin, Twin], crowded: Any) -> None:
    ask, free, inside, shares = crowded
    for twin in twins:
        resolve(twin.host)
    threads = [threading.Thread(target=ask, args=(twins[0],)) for _ in range(6 - LEFT_TO_OTHERS)]
    for thread in threads:
        thread.start()
        inside.acquire(timeout=10)

    for path, kind in (("/contacts/", "text/html"), ("/api/v1/contacts", "application/problem+json")):
        refused = ask(twins[0], path)
        assert (refused.status_code, refused["Retry-After"]) == (429, "2")
        assert refused["Content-Type"].startswith(kind)
    other = threading.Thread(target=ask, args=(twins[1],))
    other.start()
    assert inside.acquire(timeout=10), "B was not let in"
    free.set()
    for thread in (*threads, other):
        thread.join()
    assert shares.share.under_way == 0
    assert ask(twins[0]).status_code == 200


def test_t38_slow_requests_have_half_of_the_threads(twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch) -> None:
    share, company = Share(10), twins[0].company.pk
    now = time.monotonic()
    monkeypatch.setattr("saas.shares.time.monotonic", lambda: now)
    held = [share.enter(company) for _ in range(5)]
    assert share.enter(company) is not None  # quick ones may be more

    now += 2
    assert share.enter(company) is None
    assert share.enter(twins[1].company.pk) is not None
    share.leave(company, held[0])  # type: ignore[arg-type]
    share.leave(company, held[1])  # type: ignore[arg-type]
    assert share.enter(company) is not None


def test_t38_an_error_gives_the_thread_back(twins: tuple[Twin, Twin], settings: Any) -> None:
    def fail(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    shares = Shares(fail)
    request = RequestFactory().get("/")
    request.tenant = resolve(twins[0].host)  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError):
        shares(request)

    assert shares.share.under_way == 0
