"""Endpoints: what is refused, who may, what is kept secret, whose eyes they see with."""

from typing import Any

import pytest
from django.db import connection

from tenants.identity.models import AuditEntry, Role
from tenants.kernel import context
from tenants.kernel.actors import Actor, cut
from tenants.kernel.errors import Denied, Invalid
from tenants.kernel.secrets import Unreadable
from tenants.records.actions import update_record
from tenants.records.registry import type_named
from tenants.webhooks import actions
from tenants.webhooks.actions import Terms, create_endpoint, terms_of, update_endpoint
from tenants.webhooks.models import Delivery, Endpoint
from tests.factories import Twin, make
from tests.records.staff import person
from tests.webhooks.conftest import Make, drain, send_all, states
from tests.webhooks.receiver import Receiver

PUBLIC = "https://93.184.215.14/in"


def made(by: Actor, **terms: Any) -> tuple[Endpoint, str]:
    usual = {"name": "Ours", "url": PUBLIC, "events": ["contact.created"]}
    return create_endpoint(terms=Terms(**(usual | terms)), by=by)


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.215.14/in", "ftp://93.184.215.14/", "https://127.0.0.1/", "https://localhost/",
        "https://2130706433/", "https://0x7f.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/", "https://169.254.169.254/latest", "https://10.0.0.1/", "https://192.168.1.1/",
        "https://100.64.0.1/", "https://0.0.0.0/", "https://93.184.215.14:22/", "https://user:pass@93.184.215.14/",
        "https://93.184.215.14/\nX: y", "https://", "//93.184.215.14/", "https://[bad", "", "javascript:alert(1)",
        "https://93.184.215.14/" + "x" * 1_000,
    ],
)  # fmt: skip
def test_addresses_that_lead_inwards_or_nowhere_are_refused(boss: Actor, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        made(boss, url=url)

    assert list(refused.value.errors) == ["url"]
    assert Endpoint.objects.count() == 0


def test_the_guard_looks_again_when_it_is_sent(endpoint_at: Make, receiver: Receiver, settings: Any) -> None:
    endpoint_at()
    settings.OUTBOUND_TRUSTED_ORIGINS = []
    make("contacts", first_name="Asha")

    send_all()

    assert receiver.told == []
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.last_try["status"]) == ("waiting", 0)
    assert "private network" in delivery.last_try["error"]


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": ""}, "name"),
        ({"events": []}, "events"),
        ({"events": ["contact.nothing"]}, "events"),
        ({"events": ["nothing.*"]}, "events"),
        ({"events": ["*"]}, "events"),
        ({"events": ["contact.*", "deal.*"], "filter": {"field": "city", "op": "is", "value": "Pune"}}, "filter"),
        ({"filter": {"field": "nothing", "op": "is", "value": "Pune"}}, "nothing"),
        ({"headers": {"Host": "inner"}}, "headers"),
        ({"headers": {"webhook-signature": "v1,x"}}, "headers"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "headers"),
        ({"headers": {"X A": "1"}}, "headers"),
        ({"headers": {"X-A": "é"}}, "headers"),
        ({"headers": {f"X-{n}": "1" for n in range(11)}}, "headers"),
    ],
)
def test_terms_that_cannot_be_are_refused_by_name(boss: Actor, terms: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        made(boss, **terms)

    assert field in refused.value.errors


def test_who_may_not_change_the_settings_changes_no_endpoint(boss: Actor) -> None:
    endpoint, _secret = made(boss)
    rep = person("rep@alpha.example", "sales-rep").actor

    for change in (
        lambda: made(rep), lambda: update_endpoint(endpoint=endpoint, terms=terms_of(endpoint), by=rep),
        lambda: actions.pause_endpoint(endpoint=endpoint, by=rep),
        lambda: actions.resume_endpoint(endpoint=endpoint, by=rep),
        lambda: actions.rotate_secret(endpoint=endpoint, by=rep),
        lambda: actions.delete_endpoint(endpoint=endpoint, by=rep),
    ):  # fmt: skip
        with pytest.raises(Denied):
            change()

    assert Endpoint.objects.get().state == "active"


def test_secrets_are_encrypted_masked_and_bound_to_their_company(boss: Actor, twins: tuple[Twin, Twin]) -> None:
    _endpoint, secret = made(boss, headers={"Authorization": "Bearer of-the-customer"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, headers FROM webhooks_endpoint")
        row = cursor.fetchone()
    assert secret.startswith("whsec_")
    assert not any(text in str(row) for text in (secret, "of-the-customer"))

    found = Endpoint.objects.get()
    assert (found.secret.reveal(), str(found.secret), str(found.headers)) == (secret, "••••", "••••")
    told = str(list(AuditEntry.objects.values_list("details", flat=True)))
    assert "Authorization" in told
    assert not any(text in told for text in (secret, "of-the-customer"))
    with context.inside(twins[1].place), pytest.raises(Unreadable):
        found.secret.reveal()


def test_an_endpoint_is_told_no_more_than_its_owner_sees(
    endpoint_at: Make, receiver: Receiver, company: Twin, by: Actor
) -> None:
    limited = Role.objects.create(
        slug="limited", name="Limited", grants={"contacts": ["view"], "settings": ["edit"]},
        reaches={"contacts": {"view": "own"}}, field_rules={"contacts": {"phone": "hidden"}},
    )  # fmt: skip
    owner = person("limited@alpha.example", "limited")
    endpoint = endpoint_at(events=["contact.*", "deal.*"])
    Endpoint.objects.filter(pk=endpoint.pk).update(owner=owner)
    mine = make("contacts", first_name="Mine", owner=owner.pk, phone="+919820011842", account=company.account_id)
    make("contacts", first_name="Theirs")
    make("deals", name="Roof")
    update_record(record=mine, values={"phone": "+919820011843", "city": "Goa"}, by=by)

    send_all()

    assert limited.pk
    assert sorted(one.json["type"] for one in receiver.told) == ["contact.created", "contact.updated"]
    for told in receiver.told:
        assert told.json["record"]["first_name"] == "Mine"
        assert "phone" not in told.json["record"]
        assert told.json["record"]["account"] is None
        assert b"+91982001184" not in told.body
        assert company.sentinel.encode() not in told.body
    changes = next(one.json["changes"] for one in receiver.told if one.json["type"] == "contact.updated")
    assert list(changes) == ["city"]


def test_an_endpoint_of_a_key_is_told_no_more_than_the_key_could_read(
    company: Twin, boss: Actor, receiver: Receiver
) -> None:
    drain()
    key = cut(boss, {"contacts": ["view"], "settings": ["edit"]})
    create_endpoint(
        terms=Terms(name="App", url=f"{receiver.url}/in", events=["contact.*", "deal.*"]), by=key, app="Zapier"
    )
    make("contacts", first_name="Asha")
    make("deals", name="Roof")

    send_all()

    assert [one.json["type"] for one in receiver.told] == ["contact.created"]


def test_confidential_values_never_leave(endpoint_at: Make, receiver: Receiver, by: Actor) -> None:
    from tenants.records.custom.actions import create_custom_field

    create_custom_field(record_type=type_named("contacts"), label="PAN", kind="secret", by=by)
    contact = make("contacts", first_name="Asha")
    endpoint_at()
    update_record(record=contact, values={"custom.pan": "ABCDE1234F"}, by=by)

    send_all()

    assert states() == ["succeeded"]
    assert b"ABCDE1234F" not in receiver.told[0].body
    assert "ABCDE1234F" not in Delivery.objects.get().body


def test_a_filter_that_no_longer_fits_pauses_it(endpoint_at: Make, receiver: Receiver) -> None:
    endpoint = endpoint_at(events=["contact.created"], filter={"field": "city", "op": "is", "value": "Pune"})
    Endpoint.objects.update(filter={"field": "custom.gone", "op": "is", "value": "1"})
    make("contacts", first_name="Asha", city="Pune")

    send_all()

    endpoint.refresh_from_db()
    assert (endpoint.state, receiver.told, "filter" in endpoint.reason) == ("paused", [], True)


def test_an_endpoint_deleted_while_it_is_remembered_holds_nothing_up(endpoint_at: Make, receiver: Receiver) -> None:
    from tenants.webhooks import memory

    endpoint_at()
    assert len(memory.endpoints()) == 1
    Endpoint.objects.all().delete()
    make("contacts", first_name="Asha")

    send_all()

    assert (receiver.told, states()) == ([], [])


def test_one_whose_secret_cannot_be_read_is_paused_and_holds_up_no_other(
    endpoint_at: Make, receiver: Receiver, boss: Actor
) -> None:
    broken = endpoint_at(name="Broken")
    endpoint_at(name="Fine")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_endpoint SET secret = 's1.odd' WHERE id = %s", [broken.pk])
    make("contacts", first_name="Asha")

    send_all()

    broken.refresh_from_db()
    assert (broken.state, len(receiver.told), sorted(states())) == ("paused", 1, ["succeeded", "waiting"])
    actions.rotate_secret(endpoint=broken, by=boss)
    actions.resume_endpoint(endpoint=broken, by=boss)
    send_all()
    assert states() == ["succeeded"] * 2


def test_a_fault_of_ours_counts_as_a_try_of_that_delivery_alone(
    endpoint_at: Make, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants.webhooks.sending import posting

    endpoint_at()
    make("contacts", first_name="Asha")
    make("contacts", first_name="Usha")
    real = posting.post

    def faulty(delivery: Any, goal: Any) -> Any:
        if '"Asha"' in delivery.body:
            raise ZeroDivisionError
        return real(delivery, goal)

    monkeypatch.setattr(posting, "post", faulty)
    send_all()

    assert sorted(states()) == ["succeeded", "waiting"]
