"""Only from certain networks: who is elsewhere stays out, and nobody locks oneself out."""

from typing import Any

import pytest
from django.test import Client

from tenants.identity.models import SignIn
from tenants.identity.signin.policy import update_policy
from tenants.identity.signin.rules import Policy, policy_now
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin

OWNER = "owner@alpha.example"


@pytest.mark.parametrize(
    ("networks", "address", "comes_in"),
    [
        ((), "203.0.113.7", True),
        (("203.0.113.0/24",), "203.0.113.7", True),
        (("203.0.113.0/24",), "203.0.114.7", False),
        (("203.0.113.7",), "203.0.113.7", True),
        (("2001:db8::/32",), "2001:db8::1", True),
        (("2001:db8::/32",), "203.0.113.7", False),
        (("203.0.113.0/24",), "::ffff:203.0.113.7", True),
        (("203.0.113.0/24",), "", False),
        (("203.0.113.0/24",), "203.0.113.7, 10.0.0.1", False),
    ],
)
def test_address_is_within_or_not(networks: tuple[str, ...], address: str, comes_in: bool) -> None:
    assert Policy(networks=networks).lets_in(address) is comes_in


@pytest.fixture
def shut(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place, actor=robot()):
        update_policy(values={"networks": ["203.0.113.0/24"]}, by=robot())


def test_elsewhere_nobody_comes_in_and_nobody_stays(
    client: Client, owner: Client, shut: None, twins: tuple[Twin, Twin]
) -> None:
    assert owner.get("/settings/profile/").status_code == 302
    assert owner.get("/settings/profile/", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert twins[0].with_key().get("/api/v1/contacts").status_code == 401
    refused = client.post("/sign-in/", {"email": OWNER, "password": PASSWORD})
    assert refused.status_code == 403
    assert "From this network nobody may come in" in refused.content.decode()
    assert (
        client.post("/sign-in/", {"email": OWNER, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9").status_code == 302
    )
    with context.inside(twins[0].place):
        assert list(SignIn.objects.order_by("id").values_list("outcome", "reason")) == [
            ("refused", "network"),
            ("done", ""),
        ]


def test_no_header_moves_a_machine(owner: Client, shut: None) -> None:
    for header in ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Client-Ip"):
        assert owner.get("/settings/profile/", headers={header: "203.0.113.9"}).status_code == 302, header


def test_rules_of_one_company_shut_no_other(shut: None, twins: tuple[Twin, Twin]) -> None:
    assert twins[1].signed_in().get("/settings/profile/").status_code == 200


VALUES = {
    "password_length": "8", "password_classes": "1", "password_reuse": "0", "password_days": "0",
    "idle_minutes": "20160", "absolute_hours": "720", "second_factor": "nobody", "allows_links": "on",
    "allows_passkeys": "on",
}  # fmt: skip


def test_nobody_locks_oneself_out(owner: Client, twins: tuple[Twin, Twin]) -> None:
    refused: Any = owner.post("/settings/sign-in/", VALUES | {"networks": "203.0.113.0/24\n10.0.0.0/8"})
    nonsense = owner.post("/settings/sign-in/", VALUES | {"networks": "somewhere"})

    assert (refused.status_code, nonsense.status_code) == (422, 422)
    assert "Your own address, 127.0.0.1, is not within" in refused.content.decode()
    assert "This is no network: somewhere" in nonsense.content.decode()
    good = owner.post("/settings/sign-in/", VALUES | {"networks": "127.0.0.0/8 203.0.113.0/24"})
    assert good.status_code == 302
    with context.inside(twins[0].place):
        assert policy_now().networks == ("127.0.0.0/8", "203.0.113.0/24")
    assert owner.get("/settings/sign-in/").status_code == 200
