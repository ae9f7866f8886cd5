"""What is not granted is denied; a subject's own entry wins over the star."""

import pytest

from tenants.identity.enums import DEFAULT_ROLES
from tenants.kernel.actors import Actor, robot, visitor


def actor_with(**grants: list[str]) -> Actor:
    named = {name.replace("star", "*"): frozenset(verbs) for name, verbs in grants.items()}
    return Actor(kind="user", grants=named)


def test_visitor_may_nothing_and_robot_everything() -> None:
    assert visitor().may("view", "contacts") is False
    assert robot().may("anything", "at all") is True


@pytest.mark.parametrize(
    ("grants", "verb", "subject", "expected"),
    [
        ({"contacts": ["view"]}, "view", "contacts", True),
        ({"contacts": ["view"]}, "edit", "contacts", False),
        ({"contacts": ["view"]}, "view", "deals", False),
        ({"contacts": ["*"]}, "delete", "contacts", True),
        ({"star": ["view"]}, "view", "deals", True),
        ({"star": ["view", "edit"], "deals": ["view"]}, "edit", "deals", False),
        ({"star": ["*"], "settings": []}, "edit", "settings", False),
        ({}, "view", "contacts", False),
    ],
)
def test_may(grants: dict[str, list[str]], verb: str, subject: str, expected: bool) -> None:
    assert actor_with(**grants).may(verb, subject) is expected


@pytest.mark.parametrize(
    ("role", "view", "create", "delete", "settings"),
    [
        ("owner", True, True, True, True),
        ("admin", True, True, True, True),
        ("manager", True, True, True, False),
        ("sales-rep", True, True, False, False),
        ("support", True, False, False, False),
        ("read-only", True, False, False, False),
    ],
)
def test_default_roles(role: str, view: bool, create: bool, delete: bool, settings: bool) -> None:
    grants = {name: frozenset(verbs) for name, verbs in DEFAULT_ROLES[role][1].items()}
    actor = Actor(kind="user", grants=grants)

    asked = [actor.may(verb, "deals") for verb in ("view", "create", "delete")] + [actor.may("edit", "settings")]
    assert asked == [view, create, delete, settings]
