"""Slack, Teams and Discord, against a real server."""

import json
from typing import Any

import pytest

from tenants.identity.models import AuditEntry, User
from tenants.kernel.actors import Actor, visitor
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.outbound import NotReachable
from tenants.notifications import chats, wishing
from tenants.notifications.actions import notify
from tenants.notifications.errors import Gone, Refused, TryLater
from tenants.notifications.models import ChatConnection, Delivery
from tests.factories import Twin
from tests.notifications.conftest import deliver
from tests.notifications.receiver import Receiver


@pytest.fixture
def boss(company: Twin) -> Actor:
    return company.owner().actor


def connected(receiver: Receiver, boss: Actor, service: str = "slack", **more: Any) -> ChatConnection:
    values: dict[str, Any] = {"name": "#sales", "is_for_people": True, "url": f"{receiver.url}/hook", **more}
    return chats.connect(service=service, by=boss, **values)


def sent(receiver: Receiver) -> Any:
    return json.loads(receiver.got[-1][2])


def test_slack_gets_blocks_and_names_do_not_become_markup(company: Twin, receiver: Receiver, boss: Actor) -> None:
    one = connected(receiver, boss)
    chats.post(
        connection_id=one.pk, title="Won <!channel> & more", text="By <https://evil.example|us>", url="/deals/",
        fields=[("Amount", "9")], key="k1", by=boss,
    )  # fmt: skip

    body = sent(receiver)
    assert body["text"] == "Won &lt;!channel&gt; &amp; more"
    assert body["blocks"][0]["text"]["text"] == (
        "*Won &lt;!channel&gt; &amp; more*\nBy &lt;https://evil.example|us&gt;"
    )
    assert body["blocks"][1]["fields"][0]["text"] == "*Amount*\n9"
    assert body["blocks"][2]["elements"][0]["url"].startswith("http://works.alpha.localhost")


def test_teams_gets_a_card_and_discord_an_embed(company: Twin, receiver: Receiver, boss: Actor) -> None:
    for service in ("teams", "discord"):
        one = connected(receiver, boss, service, name=service)
        chats.post(connection_id=one.pk, title="Won", text="[us](x) @everyone", key=service, by=boss)
    teams, discord = (json.loads(body) for _path, _headers, body in receiver.got)

    card = teams["attachments"][0]["content"]
    assert (card["type"], card["body"][1]["text"]) == ("AdaptiveCard", "\\[us\\]\\(x\\) @everyone")
    assert discord == {
        "embeds": [{"title": "Won", "description": "[us](x) @everyone"}], "allowed_mentions": {"parse": []},
    }  # fmt: skip


def test_the_same_key_is_posted_once(company: Twin, receiver: Receiver, boss: Actor) -> None:
    one = connected(receiver, boss)
    first, again = (chats.post(connection_id=one.pk, text="Hello", key="run:1", by=boss) for _ in range(2))

    assert (len(receiver.got), first.pk == again.pk, again.status) == (1, True, "sent")
    with pytest.raises(Denied):
        chats.post(connection_id=one.pk, text="Hello", key="run:2", by=visitor())


@pytest.mark.parametrize(
    ("status", "error"), [(400, Refused), (403, Refused), (404, Gone), (410, Gone), (429, TryLater), (503, TryLater)]
)
def test_what_the_chat_says_is_told_and_a_second_try_may_do(
    company: Twin, receiver: Receiver, boss: Actor, status: int, error: type[Exception]
) -> None:
    one = connected(receiver, boss)
    receiver.answers = [(status, {}, b"no_service")]
    with pytest.raises(error):
        chats.post(connection_id=one.pk, text="Hello", key="k", by=boss)
    one.refresh_from_db()
    assert one.last_error == f"{status} no_service"
    chats.post(connection_id=one.pk, text="Hello", key="k", by=boss)

    one.refresh_from_db()
    assert (one.last_error, Delivery.objects.get(once="k").tries) == ("", 2)


def test_a_person_is_told_in_the_chat_they_chose(
    company: Twin, receiver: Receiver, boss: Actor, rep: User, someone: Actor
) -> None:
    one = connected(receiver, boss)
    wishing.choose_connection(connection=one, by=rep.actor)
    wishing.set_channels(chosen={"note_added": {"chat": True}}, by=rep.actor)
    notify(kind="note_added", user_ids=[rep.pk], title="A note", by=someone)
    deliver()

    assert sent(receiver)["text"] == "A note"
    assert Delivery.objects.get(channel="chat").status == "sent"
    chats.change(connection=one, is_for_people=False, by=boss)
    notify(kind="note_added", user_ids=[rep.pk], title="Another", by=someone)
    assert Delivery.objects.get(channel="chat", notification__title="Another").why == "no_address"
    one.refresh_from_db()
    with pytest.raises(Invalid):
        wishing.choose_connection(connection=one, by=rep.actor)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://10.0.0.1/x", "file:///etc/passwd", "x", ""])
def test_addresses_inside_are_refused(company: Twin, boss: Actor, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        chats.connect(name="Inside", service="slack", url=url, is_for_people=False, by=boss)

    assert set(refused.value.errors) == {"url"}
    assert not ChatConnection.objects.exists()


def test_only_who_sets_the_company_up_connects_and_the_audit_knows(
    company: Twin, receiver: Receiver, boss: Actor, rep: User
) -> None:
    one = connected(receiver, boss)
    for act in (
        lambda: connected(receiver, rep.actor),
        lambda: chats.change(connection=one, name="x", by=rep.actor),
        lambda: chats.disconnect(connection=one, by=rep.actor),
        lambda: chats.try_out(connection=one, by=rep.actor),
    ):
        with pytest.raises(Denied):
            act()
    chats.try_out(connection=one, by=boss)
    chats.disconnect(connection=one, by=boss)

    found = list(AuditEntry.objects.filter(action__startswith="chat.").values_list("action", flat=True))
    assert sorted(found) == ["chat.connected", "chat.removed"]
    assert len(receiver.got) == 1


def test_a_chat_that_is_away_is_not_reachable(company: Twin, boss: Actor, settings: Any) -> None:
    settings.OUTBOUND_TRUSTED_ORIGINS = ["http://127.0.0.1:9"]
    one = chats.connect(name="Away", service="slack", url="http://127.0.0.1:9/x", is_for_people=False, by=boss)

    with pytest.raises(NotReachable):
        chats.post(connection_id=one.pk, text="Hello", key="k", by=boss)
    assert Delivery.objects.get(once="k").status == "failed"
