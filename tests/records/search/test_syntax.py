"""`type:deals stage:won amount>10000 owner:me`: what it means, and what is refused how."""

from collections.abc import Callable

import pytest

from tenants.identity.models import User
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Invalid
from tenants.records.actions import update_record
from tenants.records.search.answers import search
from tenants.records.search.syntax import Asked, Condition, parse
from tests.factories import Twin, make

Titles = Callable[..., list[str]]


@pytest.fixture
def deals(company: Twin) -> None:
    from tenants.crm.models import Stage

    owner = User.objects.get(role__slug="owner")
    won = Stage.objects.get(kind="won")
    make("deals", name="Small", amount="500", owner=owner.pk)
    make("deals", name="Middle", amount="20000", source="website", expected_close_on="2026-05-01")
    big = make("deals", name="Big solar", amount="90000", owner=owner.pk)
    update_record(record=big, values={"stage": won.pk}, by=robot())


def owner_actor() -> Actor:
    return User.objects.select_related("role").get(role__slug="owner").actor


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("type:deal amount>10000", {"Middle", "Big solar", "rooftop"}),
        ("type:deals amount>=20000 amount<=90000", {"Middle", "Big solar"}),
        ("type:Deals amount<1000", {"Small"}),
        ("type=deals amount=500", {"Small"}),
        ("type:deals amount:500..20000", {"Small", "Middle"}),
        ("type:deals amount:20000..", {"Middle", "Big solar", "rooftop"}),
        ("type:deals amount:..500", {"Small"}),
        ("stage:won amount>1", {"Big solar"}),
        ("stage:won,lost type:deals", {"Big solar"}),
        ("type:deals -stage:won amount<30000", {"Small", "Middle"}),
        ("type:deals owner:me", {"Small", "Big solar"}),
        ("type:deals owner:none", {"Middle", "rooftop"}),
        ("type:deals owner:*", {"Small", "Big solar"}),
        ("type:deals solar owner:me", {"Big solar"}),
        ('type:deals name:"big sol"', {"Big solar"}),
        ("type:deals expected-close:2026-05-01", {"Middle"}),
        ("type:deals expected_close_on>2026-01-01", {"Middle"}),
        ("type:deals created:today amount<1000", {"Small"}),
        ("type:deals created:7d amount<1000", {"Small"}),
        ("type:deals account.name:traders", {"rooftop"}),
        ("type:deals", {"Small", "Middle", "Big solar", "rooftop"}),
        ("type:deals middle", {"Middle"}),
    ],
)
def test_conditions(company: Twin, text: str, found: set[str]) -> None:
    hits = search(owner_actor(), text, limit=50).hits

    assert {hit.title.removeprefix(f"{company.sentinel} ") for hit in hits} == found
    assert {hit.record_type for hit in hits} == {"deals"}


def test_counts_agree_with_what_is_shown(deals: None) -> None:
    answer = search(robot(), "type:deals amount>10000")

    assert answer.counts(robot()) == {"deals": len(answer.hits)} == {"deals": 3}


@pytest.mark.usefixtures("deals")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("type:rockets", "There is no type “rockets”."),
        ("type:deals stagee:won", "There is no field “stagee”. Did you mean stage?"),
        ("nonsensefield:x", "There is no field “nonsensefield”."),
        ("stage:nowhere", "Stage: nothing is called “nowhere”."),
        ("type:deals amount>lots", "amount>lots: Write an amount"),
        ("type:deals amount:", "Say what “amount” should be, like amount:value."),
        ("type:deals name>5", "“name>5” cannot be asked of Name."),
        ("type:deals expected_close_on:31-31", "expected_close_on:31-31: Write a date"),
        ("stage:won priority:high", "No kind of record has all of these fields: stage, priority."),
        ("type:deals account.nothing:x", "There is no such field"),
    ],
)
def test_refusals_say_what_to_mend(company: Twin, text: str, said: str) -> None:
    with pytest.raises(Invalid) as refusal:
        search(owner_actor(), text)

    assert list(refusal.value.errors) == ["q"]
    assert said in refusal.value.errors["q"][0]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("solar roof", Asked("solar roof")),
        ('"solar roof" pune', Asked("pune", ("solar roof",))),
        ('"open end', Asked("", ("open end",))),
        ('""', Asked()),
        ("riya@cust.example 10:30 https://x.example", Asked("riya@cust.example 10:30 https://x.example")),
        ("-stage:won", Asked(conditions=(Condition("stage", ":", "won", True),))),
        ('stage:"in talks" a>=5', Asked(conditions=(Condition("stage", ":", "in talks"), Condition("a", ">=", "5")))),
        ("type:deals,contacts x", Asked("x", types=("deals", "contacts"))),
        ("custom.tier:gold", Asked(conditions=(Condition("custom.tier", ":", "gold"),))),
        ("a:b:c", Asked(conditions=(Condition("a", ":", "b:c"),))),
        ("+91 98200 11842", Asked("+91 98200 11842")),
    ],
)
def test_parse(text: str, asked: Asked) -> None:
    assert parse(text) == asked


def test_types_and_fields_that_the_actor_may_not_see_do_not_exist(deals: None) -> None:
    reader = Actor(kind="user", name="Reader", grants={"contacts": frozenset({"view"})})
    for text in ("type:deals", "stage:won"):
        with pytest.raises(Invalid):
            search(reader, text)
