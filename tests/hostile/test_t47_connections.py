"""T47: what a connection remembers of companies is bounded by closing it."""

from typing import Any

from django.db import close_old_connections, connection

from tenants.kernel import context
from tests.factories import Twin


def pid_after(fresh: object, schema: str) -> int:
    with context.inside(context.Place(schema=schema)), fresh.cursor():  # type: ignore[attr-defined]
        return int(fresh.connection.info.backend_pid)  # type: ignore[attr-defined]


def test_t47_a_connection_is_closed_after_many_companies(rolled_back: None, settings: Any) -> None:
    settings.DB_CONN_MOST_COMPANIES = 3
    fresh = connection.copy()
    try:
        pids = []
        for number in range(8):
            pids.append(pid_after(fresh, f"t_{number}"))
            fresh.close_if_unusable_or_obsolete()
        assert [len({*pids[:4]}), len({*pids[4:]}), len({*pids})] == [1, 1, 2]
        assert fresh.connection is None
    finally:
        fresh.close()


def test_t47_the_same_company_again_and_again_closes_nothing(rolled_back: None, settings: Any) -> None:
    settings.DB_CONN_MOST_COMPANIES = 3
    fresh = connection.copy()
    try:
        pids = set()
        for number in range(30):
            pids.add(pid_after(fresh, f"t_{number % 3}"))
            fresh.close_if_unusable_or_obsolete()
        assert len(pids) == 1
    finally:
        fresh.close()


def test_t47_requests_look_after_it(twins: tuple[Twin, Twin], settings: Any) -> None:
    """What the server calls between requests is what closes it; within a transaction it stays."""
    settings.DB_CONN_MOST_COMPANIES = 0
    kept = connection.connection
    close_old_connections_hears = close_old_connections.__module__
    twins[0].with_key().get("/api/v1/contacts")

    assert close_old_connections_hears == "django.db"
    assert connection.connection is kept
