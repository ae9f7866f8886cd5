"""Words that are nowhere are corrected to near ones."""

from collections.abc import Callable

import pytest

from tenants.kernel.actors import robot
from tenants.records.models import Event, SearchWord
from tenants.records.search.answers import search
from tenants.records.search.following import learn_words
from tenants.records.search.words import learnable
from tests.factories import Twin, make


@pytest.fixture
def banerjee(company: Twin, learnt: Callable[[], None]) -> None:
    make("contacts", first_name="Sharmila", last_name="Banerjee", email="sb@post.example")
    make("contacts", first_name="Георги", last_name="Димитров")
    make("accounts", name="Lightning Textiles")
    learnt()


@pytest.mark.usefixtures("banerjee")
@pytest.mark.parametrize(
    ("text", "found", "said"),
    [
        ("bnaerjee", "Sharmila Banerjee", "banerjee"),  # transposed
        ("banejee", "Sharmila Banerjee", "banerjee"),  # a letter missing
        ("bannerjee", "Sharmila Banerjee", "banerjee"),  # one too many
        ("bamerjee", "Sharmila Banerjee", "banerjee"),  # a wrong one
        ("banrje", "Sharmila Banerjee", ""),  # too far for a short word
        ("benerjea", "Sharmila Banerjee", "banerjee"),  # two wrong in a long word
        ("димтров", "Георги Димитров", "димитров"),
        ("sharmila banejee", "Sharmila Banerjee", "sharmila banerjee"),
        ("lihgtning", "Lightning Textiles", "lightning"),
        ("lihgtnin", "Lightning Textiles", "lightning"),
    ],
)
def test_typos(company: Twin, text: str, found: str, said: str) -> None:
    answer = search(robot(), text)

    assert [hit.title for hit in answer.hits] == ([found] if said else [])
    assert answer.found.corrected == said


@pytest.mark.usefixtures("banerjee")
@pytest.mark.parametrize("text", ["xylophone", "sb@post.exampel", "98765432109", "zz", "sharmila 98765432"])
def test_no_correction(company: Twin, text: str) -> None:
    answer = search(robot(), text)

    assert (answer.hits, answer.found.corrected) == ([], "")


def test_addresses_and_numbers_are_not_learnt() -> None:
    assert learnable("=x | riya nair | riya@x.example | 919820011842 | b2b | at | плевен ") == {
        "riya",
        "nair",
        "плевен",
    }


def test_events_teach_words(company: Twin) -> None:
    make("accounts", name="Zyxomma")
    event = Event.objects.filter(name="account.created").latest("id")
    learn_words(event)
    learn_words(event)

    assert list(SearchWord.objects.filter(word="zyxomma").values_list("word", flat=True)) == ["zyxomma"]
