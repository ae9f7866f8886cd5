"""Live pages: the gate, and the real process with real sockets over real Redis."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from saas.live.entry import guest_of
from tenants.identity.models import User
from tenants.kernel import context, live
from tenants.kernel.actors import robot, visitor
from tenants.kernel.errors import NoTenant
from tenants.notifications.actions import notify
from tests.factories import Twin
from tests.notifications.live_client import headers, heard, live_process, opened


def session_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def scope(host: str, session: str, *, path: str = "/live/", **more: str) -> dict[str, Any]:
    pairs = {name.lower(): value for name, value in (headers(host, session) | more).items()}
    found = [(name.encode(), value.encode()) for name, value in pairs.items()]
    return {"type": "websocket", "path": path, "headers": found, "client": ("127.0.0.1", 1)}


def asked(found: dict[str, Any]) -> Any:
    with context.outside():
        return guest_of(found)


def test_the_gate_lets_in_ones_own_page_alone(twins: tuple[Twin, Twin]) -> None:
    one, other = twins
    mine = session_of(one.signed_in())
    foreign = headers(other.host, "x")["Origin"]

    guest = asked(scope(one.host, mine))
    assert (guest.user_id, guest.place) == (one.owner().pk, one.place)
    refused = {
        "no session": scope(one.host, ""), "another's host": scope(other.host, mine),
        "another's page": scope(one.host, mine, Origin=foreign), "no origin": scope(one.host, mine, Origin=""),
        "origin with another port": scope(one.host, mine, Origin=f"http://{one.host}:1"),
        "another path": scope(one.host, mine, path="/other/"), "agency": scope(one.agency_host, mine),
        "unknown host": scope("nobody.example", mine), "broken cookie": scope(one.host, mine, Cookie="a=\x01;;"),
        "no host": scope(one.host, mine, Host=""),
    }  # fmt: skip
    assert {name: asked(found) for name, found in refused.items()} == dict.fromkeys(refused)


def test_the_gate_is_shut_for_who_was_sent_away_or_closed(twins: tuple[Twin, Twin]) -> None:
    one = twins[0]
    mine = scope(one.host, session_of(one.signed_in()))
    with context.inside(one.place):
        User.objects.filter(pk=one.owner().pk).update(is_active=False)

    assert asked(mine) is None


def test_groups_are_named_for_one_place(twins: tuple[Twin, Twin]) -> None:
    user_id = uuid4()
    names = set()
    for twin in twins:
        with context.inside(twin.place):
            names |= {live.group_of_user(user_id), live.group_of_topic("deals")}

    assert len(names) == 4
    with context.public(), pytest.raises(NoTenant):
        live.group_of_user(user_id)


def test_a_topic_is_heard_by_whom_its_room_lets() -> None:
    live.topic("test.deals", lambda actor: actor.may("view", "deals"))

    assert live.may_hear(robot(), "test.deals") is True
    assert live.may_hear(visitor(), "test.deals") is False
    assert live.may_hear(robot(), "test.unknown") is False
    with pytest.raises(ValueError, match="no name"):
        live.topic("Bad name", lambda actor: True)


def test_the_page_says_where_its_socket_is_and_the_policy_allows_it(twins: tuple[Twin, Twin], settings: Any) -> None:
    one = twins[0]
    settings.LIVE_PORT = 8123
    near = one.signed_in().get("/notifications/")
    settings.LIVE_PORT = 0
    far = one.signed_in().get("/notifications/")
    nobody = Client(headers={"host": one.host}).get("/sign-in/")

    policy = near.headers["Content-Security-Policy"]
    assert f"connect-src 'self' ws://{one.host}:8123/live/" in policy
    assert f'name="live" content="ws://{one.host}:8123/live/"' in near.content.decode()
    assert "connect-src" not in far.headers["Content-Security-Policy"]
    assert 'name="live"' in far.content.decode()
    assert 'name="live"' not in nobody.content.decode()


# The real process


@pytest.fixture
def committed(settled: Twin, neighbour: Twin) -> tuple[Twin, Twin]:
    return settled, neighbour


def say(twin: Twin, title: str) -> None:
    with context.inside(twin.place, actor=robot()), transaction.atomic():
        notify(kind="note_added", user_ids=[twin.owner().pk], title=title, by=robot())


def test_one_company_never_hears_another_and_sign_out_ends_it(committed: tuple[Twin, Twin], tmp_path: Path) -> None:
    one, other = committed
    clients = [twin.signed_in() for twin in committed]
    keys = [session_of(client) for client in clients]

    async def story(port: int) -> None:
        mine, theirs = await opened(port, one.host, keys[0]), await opened(port, other.host, keys[1])
        for host, key, origin in (
            (one.host, "", ""), (other.host, keys[0], ""), (one.host, keys[0], headers(other.host, "")["Origin"]),
        ):  # fmt: skip
            with pytest.raises(InvalidStatus):
                await opened(port, host, key, origin=origin)

        await asyncio.to_thread(_inside_thread, lambda: say(one, "For A alone"))
        word = await heard(mine)
        assert (word["kind"], word["data"]["title"], word["data"]["is_loud"]) == ("notification", "For A alone", True)
        assert await heard(theirs, 0.5) is None

        await mine.send('{"listen": "no.such.topic"}')
        assert (await heard(mine))["kind"] == "refused"
        await mine.send("x" * 600)
        with pytest.raises(ConnectionClosed) as too_much:
            await mine.recv()
        assert too_much.value.rcvd is not None
        assert too_much.value.rcvd.code == 4408

        await asyncio.to_thread(_inside_thread, lambda: clients[1].post("/sign-out/"))
        assert (await heard(theirs))["kind"] == "over"
        await asyncio.to_thread(_inside_thread, lambda: say(other, "For B, which has left"))
        with pytest.raises((ConnectionClosed, TimeoutError)):
            await asyncio.wait_for(theirs.recv(), 0.5)
        with pytest.raises(InvalidStatus):
            await opened(port, other.host, keys[1])

    with live_process(tmp_path / "live.log") as port:
        asyncio.run(story(port))


def _inside_thread(work: Any) -> None:
    try:
        work()
    finally:
        connection.close()
