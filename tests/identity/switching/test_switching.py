"""From one company of an agency to another: only who holds the mailbox, by a ticket that opens once, under the
other company's own rules."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client, TestCase
from django.utils import timezone

from tenants.directory.models import Company, Membership
from tenants.fleet.actions import create_company
from tenants.identity.models import AuditEntry, ScimItem, SignIn, SignInPolicy, User
from tenants.identity.sessions import SessionStore
from tenants.identity.signin.policy import update_policy
from tenants.identity.switching.index import digest_of, keep, rebuild
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin
from tests.identity.conftest import a_user

MAYA = "maya@people.example"
HTMX = {"HX-Request": "true"}


@dataclass
class Pair:
    """Maya in the twin's company as a rep, and in a second one of the same agency as a manager."""

    twin: Twin
    second: Company
    here: User
    there: User

    @property
    def host(self) -> str:
        return f"{self.second.slug}.{self.twin.agency.slug}.{settings.PLATFORM_DOMAIN}"


@pytest.fixture
def pair(twins: tuple[Twin, Twin]) -> Pair:
    with context.public():
        second = create_company(
            agency=twins[0].agency, name="Second Works", slug="second", country="IN", owner_email="o@second.example",
            by=robot(),
        )  # fmt: skip
    here = a_user(twins[0], "sales-rep", MAYA)
    with context.inside(second.place, actor=robot()):
        from tenants.identity.actions import add_user

        there = add_user(email=MAYA.title(), name="Maya There", role="manager", password=PASSWORD)
        there.verified_at = timezone.now()
        there.save()
    for place, user in ((twins[0].place, here), (second.place, there)):
        keep(place, user)
    return Pair(twins[0], second, here, there)


def signed_in(pair: Pair, method: str = "password", user: User | None = None) -> Client:
    """A browser whose session began in a certain way."""
    with context.inside(pair.twin.place):
        request = HttpRequest()
        request.session = SessionStore()
        login(request, user or pair.here, backend="tenants.identity.backends.PasswordBackend")
        request.session["_method"] = method
        request.session.save()
    client = Client(headers={"host": pair.twin.host})
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client


def ticket(pair: Pair, browser: Client | None = None) -> str:
    answer = (browser or signed_in(pair)).post(f"/switch/{pair.second.pk}/", headers=HTMX)
    assert answer.status_code == 204, answer.content
    parts = urlsplit(answer["HX-Redirect"])
    assert parts.hostname == pair.host
    return f"{parts.path}?{parts.query}"


def names(browser: Client) -> list[tuple[str, str]]:
    return [(one["name"], one["role"]) for one in browser.get("/api/v1/me/companies").json()["items"]]


def test_menu_and_api_list_the_others_with_the_role_there(pair: Pair) -> None:
    browser = signed_in(pair)

    page = browser.get("/switch/").content.decode()

    assert names(browser) == [("Second Works", "Manager")]
    assert "Second Works" in page
    assert "Manager" in page
    assert pair.twin.company.name not in page


def test_ticket_opens_the_other_company(pair: Pair) -> None:
    there = Client(headers={"host": pair.host})

    answer = there.get(ticket(pair))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert there.get("/api/v1/me").json()["name"] == "Maya There"
    with context.inside(pair.second.place):
        entry = AuditEntry.objects.get(action="sign_in.done")
        assert (entry.user_id, entry.details["method"]) == (pair.there.pk, "switch")
        assert SignIn.objects.get().method == "switch"


def test_the_company_left_does_not_learn_where_to(pair: Pair) -> None:
    ticket(pair)

    with context.inside(pair.twin.place):
        told = json.dumps([[*one.details.values(), one.subject] for one in AuditEntry.objects.all()])
    assert "Second" not in told
    assert str(pair.second.pk) not in told


def test_ticket_opens_once_only_there_and_soon(
    pair: Pair, twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ticket(pair)
    for host in (twins[0].host, twins[1].host):
        assert Client(headers={"host": host}).get(path).status_code == 410
    assert Client(headers={"host": pair.host}).get(path).status_code == 302
    assert Client(headers={"host": pair.host}).get(path).status_code == 410

    late = ticket(pair)
    import time

    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 61)
    assert Client(headers={"host": pair.host}).get(late).status_code == 410


@pytest.mark.parametrize("given", ["", "x", "a:b:c"])
def test_bad_tickets_are_dead_links(pair: Pair, given: str) -> None:
    assert Client(headers={"host": pair.host}).get(f"/switch/enter/?ticket={given}").status_code == 410


@pytest.mark.parametrize("method", ["passkey", "sso", "", "support"])
def test_only_what_was_proven_by_mail_leads_over(pair: Pair, method: str) -> None:
    """An identity provider may say any address, and who holds it could register a passkey."""
    browser = signed_in(pair, method)

    assert names(browser) == []
    assert browser.post(f"/switch/{pair.second.pk}/", headers=HTMX).status_code == 403
    assert browser.post(f"/api/v1/me/companies/{pair.second.pk}/ticket").status_code == 403


def test_who_is_managed_by_a_directory_stays(pair: Pair) -> None:
    """It may write any address into the account."""
    with context.inside(pair.twin.place, actor=robot()):
        ScimItem.objects.create(user=pair.here, user_name="maya")

    assert names(signed_in(pair)) == []


@pytest.mark.parametrize("state", [{"verified_at": None}, {"is_active": False}, {"email": "other@people.example"}])
def test_the_other_company_has_the_last_word(pair: Pair, state: dict[str, Any]) -> None:
    """The index is only a hint: it still says that Maya works there."""
    browser = signed_in(pair)
    path = ticket(pair, browser)
    with context.inside(pair.second.place):
        User.objects.filter(pk=pair.there.pk).update(**state)

    assert names(browser) == []
    assert browser.post(f"/switch/{pair.second.pk}/", headers=HTMX).status_code == 404
    if "email" not in state:
        assert Client(headers={"host": pair.host}).get(path).status_code == 410


def test_not_verified_here_leads_nowhere(pair: Pair) -> None:
    with context.inside(pair.twin.place):
        User.objects.filter(pk=pair.here.pk).update(verified_at=None)

    assert names(signed_in(pair)) == []


def test_strangers_keys_and_other_agencies_find_nothing(pair: Pair, twins: tuple[Twin, Twin]) -> None:
    assert names(signed_in(pair, user=a_user(twins[0], "manager"))) == []
    assert names(twins[0].with_key()) == []
    assert twins[0].with_key().post(f"/api/v1/me/companies/{pair.second.pk}/ticket").status_code == 403
    a_user(twins[1], "manager", MAYA)
    assert signed_in(pair).post(f"/switch/{twins[1].company.pk}/", headers=HTMX).status_code == 404


def test_second_factor_of_the_other_company_is_asked_for(pair: Pair) -> None:
    with context.inside(pair.second.place, actor=robot()):
        update_policy(values={"second_factor": "everybody"}, by=robot())
    there = Client(headers={"host": pair.host})

    answer = there.get(ticket(pair))

    assert answer["Location"].startswith("/sign-in/")
    assert there.get("/api/v1/me").status_code == 401


def test_networks_of_the_other_company_count(pair: Pair) -> None:
    with context.inside(pair.second.place, actor=robot()):
        update_policy(values={"networks": ["203.0.113.0/24"]}, by=robot())
    there = Client(headers={"host": pair.host})

    answer = there.get(ticket(pair))

    assert answer.status_code == 403
    assert "From this network nobody may come in here." in answer.content.decode()
    assert there.get("/api/v1/me").status_code == 401


def test_single_sign_on_only_is_no_way_round(pair: Pair) -> None:
    with context.inside(pair.second.place, actor=robot()):
        update_policy(values={"password_length": 9}, by=robot())
        SignInPolicy.objects.update(is_sso_only=True)
        from tenants.identity.signin import rules

        rules._kept.clear()
    there = Client(headers={"host": pair.host})

    answer = there.get(ticket(pair))

    assert answer["Location"].startswith("/sign-in/")
    assert there.get("/api/v1/me").status_code == 401


def test_index_follows_people_and_says_nothing(pair: Pair) -> None:
    with context.public():
        Membership.objects.all().delete()
    with context.inside(pair.second.place, actor=robot()), TestCase.captureOnCommitCallbacks(execute=True):
        pair.there.save()
    with context.public():
        row = Membership.objects.get()
        assert row.digest == digest_of(pair.twin.agency.pk, MAYA) != digest_of(pair.second.pk, MAYA)
        assert MAYA not in str(vars(row))
    with context.inside(pair.second.place, actor=robot()), TestCase.captureOnCommitCallbacks(execute=True):
        pair.there.is_active = False
        pair.there.save(update_fields=["is_active"])
    with context.public():
        assert not Membership.objects.exists()


def test_index_can_be_made_anew(pair: Pair) -> None:
    with context.public():
        Membership.objects.all().delete()

    assert rebuild(pair.second) == 2

    assert names(signed_in(pair)) == [("Second Works", "Manager")]


def test_ticket_by_the_api(pair: Pair) -> None:
    answer = signed_in(pair).post(f"/api/v1/me/companies/{pair.second.pk}/ticket")

    assert answer.status_code == 201
    assert urlsplit(answer.json()["url"]).hostname == pair.host
