"""Nobody finds a record by what they may not read on it, whichever door they search at."""

import pytest

from tenants.identity.actions import add_user
from tenants.identity.models import Role, User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.records.models import Share
from tenants.records.queries import rows_matching
from tenants.records.registry import type_named
from tenants.records.search.answers import search
from tenants.records.search.finding import seen_entries
from tests.factories import Twin, make


def person(name: str, **role: object) -> User:
    grants = {"*": ["view", "edit"]}
    made = Role.objects.create(name=name, slug=name, grants=grants, **role)
    user = add_user(email=f"{name}@works.example", name=name, role="read-only")
    user.role = made
    user.save()
    return user


def found(actor: Actor, text: str) -> list[str]:
    """What the search box, its counts, a list's quick search and both together say, which is the same."""
    contacts = type_named("contacts")
    with context.acting(actor):
        answer = search(actor, text, types=["contacts"])
        titles = sorted(hit.title for hit in answer.hits)
        counted = answer.counts(actor).get("contacts", 0)
        listed = sorted(map(str, rows_matching(actor, contacts, text=text)))
        filtered = sorted(hit.title for hit in search(actor, f"type:contacts city:pune {text}").hits)
    assert titles == listed == filtered
    assert counted == len(titles)
    return titles


@pytest.fixture
def priya(company: Twin) -> object:
    account = make("accounts", name="Helios Solar", city="Pune")
    return make(
        "contacts", first_name="Zaynab", last_name="Okafor", phone="+919833344455", email="p.okafor@lumen.example",
        city="Pune", account=account,
    )  # fmt: skip


def test_a_hidden_field_is_no_way_to_a_record(priya: object) -> None:
    rep = person("rep", field_rules={"contacts": {"phone": "hidden", "email": "read_only"}}).actor
    boss = person("boss").actor

    assert found(boss, "9833344455") == found(boss, "33344") == ["Zaynab Okafor"]
    assert found(rep, "9833344455") == found(rep, "33344") == []
    assert found(rep, "p.okafor@lumen") == found(rep, "okafor zaynab") == found(rep, "helios") == ["Zaynab Okafor"]
    assert found(rep, "zaynab 33344") == []


def test_a_hidden_relation_is_no_way_either(priya: object) -> None:
    rep = person("rep", field_rules={"contacts": {"account": "hidden"}}).actor

    assert found(rep, "helios") == found(rep, "Okafor Helios") == []
    assert found(rep, "okafor") == ["Zaynab Okafor"]


def test_what_a_record_points_at_is_a_way_where_it_may_be_seen(priya: object) -> None:
    user = person("rep", reaches={"accounts": {"view": "own"}})
    assert found(user.actor, "helios") == []
    assert found(user.actor, "okafor") == ["Zaynab Okafor"]

    Share.objects.create(record_type="accounts", record_id=priya.account_id, user=user)
    assert found(User.objects.get(pk=user.pk).actor, "helios sol") == ["Zaynab Okafor"]


def test_second_lines_say_only_what_may_be_read(priya: object) -> None:
    deal = make("deals", name="Zephyr 42", account=priya.account)
    user = person("rep", reaches={"accounts": {"view": "own"}})
    plain = person("plain", field_rules={"contacts": {"job_title": "hidden"}})
    priya.job_title = "Director"
    priya.save()

    def lines(actor: Actor, text: str) -> list[str]:
        with context.acting(actor):
            hits = search(actor, text).hits
            seen = seen_entries(actor, [(hit.record_type, hit.record_id) for hit in hits])
        assert [hit.subtitle for hit in hits] == [hit.subtitle for hit in seen]
        return [hit.subtitle for hit in hits]

    assert lines(user.actor, "zephyr") == [""]
    assert lines(plain.actor, "zephyr") == ["Helios Solar"]
    assert lines(plain.actor, "zaynab") == [""]
    assert deal.account_id == priya.account_id
