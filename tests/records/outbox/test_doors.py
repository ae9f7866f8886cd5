"""The pages and the API of events: the stream, failures, the catalogue, a replay."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid, NotFound
from tenants.records.events import emit
from tenants.records.jobs.actions import run_now
from tenants.records.models import Event, Job, Undelivered
from tenants.records.outbox import actions, queries
from tenants.records.outbox.catalogue import kinds
from tenants.records.outbox.retention import KEPT_DAYS, forget_some
from tenants.records.outbox.tasks import drain_outbox
from tests.factories import make
from tests.records.counting import queries_in
from tests.records.outbox.conftest import Ear

READER = Actor(kind="user", name="Reader", grants={"*": frozenset({"view"})})


def since(hours: int = 1) -> dict[str, Any]:
    now = timezone.now()
    return {"since": now - timedelta(hours=hours), "until": now + timedelta(minutes=1)}


def replayed(ear: Ear, by: Actor, **asked: Any) -> Job:
    job = actions.replay(consumer=ear.key, **since(), **asked, by=by)
    return run_now(job)


def test_an_event_that_nobody_described_cannot_be_emitted(ear: Ear) -> None:
    before = Event.objects.count()

    with pytest.raises(NotFound):
        emit("test.shouted", ear.contact)  # type: ignore[arg-type]

    assert Event.objects.count() == before


def test_every_type_brings_its_kinds_and_modules_theirs() -> None:
    found = kinds()

    assert {"contact.created", "deal.updated", "lead.converted", "invoice.issued", "deal.won"} <= set(found)
    assert found["deal.won"].payload.keys() == {"amount", "currency"}
    assert found["contact.updated"].record_type == "contacts"


def test_a_replay_tells_one_consumer_again_in_order(ear: Ear, by: Actor) -> None:
    ear.say("one", "two", "three")
    drain_outbox.run()

    job = replayed(ear, by)

    assert ear.heard == ["one", "two", "three"] * 2
    assert (job.state, job.counts["told"]) == ("done", 3)
    assert Event.objects.filter(delivered_at=None).exclude(name__startswith="job").count() == 0


def test_a_replay_of_a_long_stretch_goes_in_pieces(ear: Ear, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.records.outbox.replaying.PIECE", 2)
    ear.say("one", "two", "three")
    drain_outbox.run()

    job = replayed(ear, by, name="test.said")

    assert ear.heard == ["one", "two", "three"] * 2
    assert (job.done, job.total) == (3, 3)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"consumer": "nobody"}, "consumer"),
        ({"name": "test.shouted"}, "name"),
        ({"since": timezone.now() + timedelta(hours=2)}, "until"),
        ({"since": timezone.now() - timedelta(days=KEPT_DAYS + 1)}, "since"),
    ],
)
def test_a_replay_names_what_is_wrong(ear: Ear, by: Actor, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.replay(**{"consumer": ear.key, **since(), **asked}, by=by)

    assert set(refusal.value.errors) == {field}
    assert not Job.objects.filter(kind=actions.REPLAY).exists()


def test_only_who_runs_the_company_may(ear: Ear) -> None:
    for act in (
        lambda: actions.replay(consumer=ear.key, **since(), by=READER),
        lambda: actions.try_again(by=READER), lambda: actions.drop(ids=[], by=READER),
        lambda: queries.standing(READER), lambda: queries.events(queries.Asked(), by=READER),
    ):  # fmt: skip
        with pytest.raises(Denied):
            act()


def test_standing_tells_what_waits_how_long_and_what_failed(ear: Ear, by: Actor) -> None:
    ear.say("one", "two")
    ear.refused = {"one"}
    drain_outbox.run()
    ear.say("three", about=make("contacts", first_name="Ravi"))
    Event.objects.filter(delivered_at=None).update(happened_at=timezone.now() - timedelta(seconds=90))

    found = queries.standing(by)

    assert (found.failed, found.held_back, found.given_up) == (1, 1, 0)
    assert found.waiting == Event.objects.filter(delivered_at=None).count()
    assert 90 <= found.lag_seconds < 100


def test_dropping_lets_the_next_of_the_record_go(ear: Ear, by: Actor) -> None:
    ear.say("one", "two")
    ear.refused = {"one"}
    drain_outbox.run()

    assert actions.drop(ids=[Undelivered.objects.get(state="waiting").pk], by=by) == 1
    drain_outbox.run()

    assert ear.heard == ["two"]
    assert not Undelivered.objects.exists()


def test_trying_again_gives_all_tries_back(ear: Ear, by: Actor) -> None:
    ear.say("one")
    ear.refused = {"one"}
    drain_outbox.run()
    Undelivered.objects.update(state="dead", tries=8, next_try_at=None)
    ear.refused = set()

    assert actions.try_again(by=by) == 1
    drain_outbox.run()

    assert ear.heard == ["one"]
    assert not Undelivered.objects.exists()


def test_old_events_are_forgotten_but_not_what_was_not_delivered(ear: Ear) -> None:
    ear.say("old", "new", "kept")
    ear.refused = {"kept"}
    drain_outbox.run()
    old = timezone.now() - timedelta(days=KEPT_DAYS + 1)
    Event.objects.filter(payload__word__in=("old", "kept")).update(happened_at=old)

    assert forget_some() == 1
    assert forget_some() == 0

    words = Event.objects.filter(name="test.said").values_list("payload__word", flat=True)
    assert set(words) == {"new", "kept"}


def test_the_stream_costs_the_same_for_one_event_and_many(ear: Ear, owner: Any) -> None:
    ear.say("one")
    owner.get("/settings/events/")
    first = queries_in(lambda: owner.get("/settings/events/"))
    ear.say(*map(str, range(20)))

    assert queries_in(lambda: owner.get("/settings/events/")) == first


def test_the_pages_show_what_happened_failed_and_can_happen(ear: Ear, owner: Any) -> None:
    ear.say("one")
    ear.refused = {"one"}
    drain_outbox.run()
    event = Event.objects.get(name="test.said")

    line = '<code class="small wide-only">test.said</code>'
    assert line in owner.get("/settings/events/").content.decode()
    assert line not in owner.get("/settings/events/?name=deal.won").content.decode()
    assert owner.get("/settings/events/?since=yesterday").status_code == 422
    assert "ValueError: one" in owner.get("/settings/events/failed/").content.decode()
    dialog = owner.get(f"/settings/events/{event.pk}/").content.decode()
    assert "ValueError: one" in dialog
    assert "&quot;word&quot;: &quot;one&quot;" in dialog
    assert "deal.won" in owner.get("/settings/events/kinds/?q=won").content.decode()


def test_a_replay_is_asked_in_a_dialog_and_leads_to_its_job(ear: Ear, owner: Any) -> None:
    at = timezone.localtime()
    asked = {"consumer": ear.key, "since": f"{at - timedelta(hours=1):%Y-%m-%dT%H:%M}"}
    refused = owner.post("/settings/events/replay/", asked)
    told = owner.post("/settings/events/replay/", asked | {"until": f"{at + timedelta(hours=1):%Y-%m-%dT%H:%M}"})

    assert refused.status_code == 422
    job = Job.objects.get(kind=actions.REPLAY)
    assert str(job.pk) in told.headers.get("Location", "")
