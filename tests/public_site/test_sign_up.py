"""From the landing page to the agency's portal."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from public_site.agency.models import AgencyMember
from public_site.site.models import SignUp
from tenants.directory.models import Agency
from tenants.identity.models import User
from tenants.kernel import context
from tests.factories import PASSWORD, Twin

FORM = {"agency_name": "Gamma Partners", "slug": "gamma", "name": "Gita Rao", "email": "Gita@Gamma.example",
        "password": PASSWORD, "plan": "pro", "accept_terms": "on"}  # fmt: skip


@pytest.fixture
def signed_up(platform: Client, committed: Any) -> str:
    """The path of the link in the mail."""
    mail.outbox = []
    with committed():
        answer = platform.post("/sign-up/", FORM)
    assert answer.status_code == 302
    return link_in(mail.outbox[-1])


def link_in(message: Any) -> str:
    line = next(line for line in message.body.splitlines() if "/sign-up/confirm/" in line)
    return urlsplit(line.strip()).path


@pytest.mark.parametrize("path", ["/", "/pricing/", "/terms/", "/privacy/", "/sign-up/", "/sign-up/?plan=enterprise"])
def test_site_pages_open(platform: Client, path: str) -> None:
    assert platform.get(path).status_code == 200


def test_pricing_shows_the_plan_table(platform: Client, django_assert_num_queries: Any) -> None:
    platform.get("/pricing/")
    with django_assert_num_queries(1):
        text = platform.get("/pricing/").content.decode()

    for words in (
        "Free",
        "Basic",
        "Pro",
        "Enterprise",
        "$49",
        "$199",
        "1,000</b> chat conversations",
        "100</b> chat conversations",
    ):
        assert words in text


def test_sign_up_waits_for_the_mail(platform: Client, signed_up: str) -> None:
    with context.public():
        agency = Agency.objects.get(slug="gamma")
        assert (agency.status, agency.plan) == ("pending", "pro")
        assert not User.objects.filter(email="gita@gamma.example").exists()
    assert mail.outbox[-1].to == ["gita@gamma.example"]
    assert "OmniFlow" in mail.outbox[-1].body


def test_link_opens_the_agency_and_signs_its_owner_in_there(platform: Client, signed_up: str) -> None:
    handed = platform.get(signed_up)

    there = urlsplit(handed["Location"])
    assert there.hostname == "gamma.localhost"
    browser = Client(headers={"host": "gamma.localhost"})
    assert browser.get(f"{there.path}?{there.query}")["Location"] == "/"
    page = browser.get("/")
    assert page.status_code == 200
    assert "Your first company" in page.content.decode()
    assert "OmniFlow" not in page.content.decode()
    with context.public():
        member = AgencyMember.objects.select_related("user", "agency").get(agency__slug="gamma")
        assert (member.role, member.agency.status) == ("owner", "active")
        assert member.user.check_password(PASSWORD)
        assert SignUp.objects.get(agency=member.agency).password == ""


def test_link_and_ticket_work_once(platform: Client, signed_up: str) -> None:
    there = urlsplit(platform.get(signed_up)["Location"])
    path = f"{there.path}?{there.query}"

    again = platform.get(signed_up)
    assert again.status_code == 410
    assert "http://gamma.localhost" in again.content.decode()
    assert Client(headers={"host": "gamma.localhost"}).get(path).status_code == 302
    assert Client(headers={"host": "gamma.localhost"}).get(path).status_code == 410


def test_ticket_is_good_at_its_own_agency_only(twins: tuple[Twin, Twin], platform: Client, signed_up: str) -> None:
    there = urlsplit(platform.get(signed_up)["Location"])

    for host in (twins[0].agency_host, twins[0].host, "localhost"):
        assert Client(headers={"host": host}).get(f"{there.path}?{there.query}").status_code in (404, 410)


def test_link_expires_and_cannot_be_made_up(platform: Client, signed_up: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert platform.get("/sign-up/confirm/made-up/").status_code == 410
    assert platform.get(signed_up[:-3] + "xx/").status_code == 410
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 3 * 86_400 + 60)
    assert platform.get(signed_up).status_code == 410


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slug": "alpha"}, "is taken"),
        ({"slug": "www"}, "is taken"),
        ({"slug": "-x-"}, "3 to 40 small letters"),
        ({"agency_name": ""}, "Agency name"),
        ({"email": "nobody"}, "e-mail"),
        ({"password": "password1"}, "too common"),
        ({"password": "short"}, "at least 8"),
        ({"plan": "gold"}, "Plan"),
        ({"accept_terms": ""}, "Accept the terms"),
    ],
)
def test_sign_up_refuses_and_loses_nothing(
    twins: tuple[Twin, Twin], platform: Client, change: dict[str, str], words: str
) -> None:
    form = {name: value for name, value in (FORM | change).items() if value}
    answer = platform.post("/sign-up/", form)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert 'value="Gita Rao"' in text
    assert f'value="{form["password"]}"' not in text
    with context.public():
        assert not Agency.objects.filter(slug="gamma").exists()


def test_known_address_is_told_in_the_mail_and_not_on_the_page(
    twins: tuple[Twin, Twin], platform: Client, committed: Any
) -> None:
    mail.outbox = []
    with context.public():
        User.objects.filter(email="boss@alpha.example").update(verified_at=timezone.now())

    with committed():
        answer = platform.post(
            "/sign-up/", FORM | {"email": "boss@alpha.example", "password": "another horse battery 1"}
        )

    assert answer.status_code == 302
    assert "account" not in platform.get(answer["Location"]).content.decode()
    assert "You have an account here already" in mail.outbox[-1].body
    assert platform.get(link_in(mail.outbox[-1])).status_code == 302
    with context.public():
        user = User.objects.get(email="boss@alpha.example")
        assert user.check_password(PASSWORD)
        assert set(user.agencies.values_list("agency__slug", flat=True)) == {"alpha", "gamma"}


def test_resend_sends_again_but_not_at_once(platform: Client, committed: Any) -> None:
    mail.outbox = []
    with committed():
        page = platform.post("/sign-up/", FORM)["Location"]
    assert "gita@gamma.example" in platform.get(page).content.decode()

    with committed():
        assert platform.post(f"{page}again/")["Location"].endswith("?wait=1")
    with context.public():
        SignUp.objects.update(mailed_at=timezone.now() - timedelta(minutes=2))
    with committed():
        assert platform.post(f"{page}again/")["Location"].endswith("?again=1")
    assert len(mail.outbox) == 2


def test_abandoned_slug_is_free_again(platform: Client, signed_up: str) -> None:
    taken = platform.get("/sign-up/slug/?slug=gamma").content.decode()
    with context.public():
        SignUp.objects.update(mailed_at=timezone.now() - timedelta(days=4))
    free = platform.get("/sign-up/slug/?slug=gamma").content.decode()
    again = platform.post("/sign-up/", FORM | {"email": "other@gamma.example"})

    assert "taken" in taken
    assert "is free" in free
    assert again.status_code == 302
    with context.public():
        assert SignUp.objects.get(agency__slug="gamma").email == "other@gamma.example"


def test_too_many_sign_ups_from_one_machine_are_slowed(platform: Client) -> None:
    answers = [platform.post("/sign-up/", FORM | {"slug": f"gamma-{n}"}).status_code for n in range(12)]

    assert answers[:10] == [302] * 10
    assert answers[-1] == 429
