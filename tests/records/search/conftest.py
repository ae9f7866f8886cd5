"""Words are learnt after the commit, which tests never reach: they learn here."""

from collections.abc import Callable
from typing import Any

import pytest

from tenants.kernel.actors import Actor, robot
from tenants.records.models import SearchEntry
from tenants.records.search.answers import search
from tenants.records.search.words import learn, learnable
from tests.factories import Twin


@pytest.fixture
def titles(company: Twin) -> Callable[..., list[str]]:
    """The titles that a search finds, best first."""

    def found(text: str, actor: Actor | None = None, **more: Any) -> list[str]:
        return [hit.title for hit in search(actor or robot(), text, **more).hits]

    return found


@pytest.fixture
def learnt(company: Twin) -> Callable[[], None]:
    """Call it to take the words of all entries into the vocabulary."""

    def take() -> None:
        for haystack in SearchEntry.objects.values_list("haystack", flat=True):
            learn(learnable(haystack))

    return take


def actor_with(**grants: set[str]) -> Actor:
    return Actor(kind="user", name="Reader", grants={name: frozenset(verbs) for name, verbs in grants.items()})
