"""Links in mails: made for one host, one person, one use, one stretch of time."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tenants.directory.actions import update_brand
from tenants.directory.hosts import _forget
from tenants.fleet.actions import create_company
from tenants.identity import letters, tokens
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import PASSWORD, Twin
from tests.identity.conftest import Committed, a_user, browser, path_in

NEW_PASSWORD = "a wholly new sentence 4"


def ask(client: Client, committed: Committed, email: str, **headers: str) -> Any:
    with committed():
        return client.post("/forgot-password/", {"email": email}, headers=headers)


def without_csrf(response: Any) -> str:
    """The page without what differs at each drawing."""
    return re.sub(r'data-csrf="\w+"', "", response.content.decode())


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    monkeypatch.setattr(tokens._PlaceToken, "_now", lambda self: datetime.now() + timedelta(**span))


def test_invited_person_joins_and_is_in(client: Client, invited: tuple[User, str], twins: tuple[Twin, Twin]) -> None:
    user, path = invited
    assert "rep@alpha.example" in client.get(path).content.decode()

    response = client.post(path, {"name": "Ravi R. Rao", "password": NEW_PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/settings/profile/").status_code == 200
    with context.inside(twins[0].place):
        user.refresh_from_db()
        assert (user.name, user.state, user.check_password(NEW_PASSWORD)) == ("Ravi R. Rao", "active", True)


def test_invitation_works_once(client: Client, invited: tuple[User, str]) -> None:
    client.post(invited[1], {"name": "Ravi", "password": NEW_PASSWORD})
    other = browser("works.alpha.localhost")

    assert other.get(invited[1]).status_code == 410
    assert other.post(invited[1], {"name": "Eve", "password": "another sentence 77"}).status_code == 410


@pytest.mark.parametrize("hours", [71, 73])
def test_invitation_lives_three_days(client: Client, invited: tuple[User, str], monkeypatch: Any, hours: int) -> None:
    later(monkeypatch, hours=hours)

    assert client.get(invited[1]).status_code == (200 if hours < 72 else 410)


def test_invitation_means_nothing_on_another_host(invited: tuple[User, str], twins: tuple[Twin, Twin]) -> None:
    for host in (twins[1].host, twins[0].agency_host, settings.PLATFORM_DOMAIN):
        assert browser(host).get(invited[1]).status_code == 410, host


def test_token_of_one_purpose_opens_no_other(client: Client, invited: tuple[User, str]) -> None:
    assert client.get(invited[1].replace("/welcome/", "/reset/")).status_code == 410


def test_weak_password_keeps_the_link_and_what_was_typed(client: Client, invited: tuple[User, str]) -> None:
    response = client.post(invited[1], {"name": "Ravi Kumar", "password": "12345"})

    assert response.status_code == 422
    assert "Ravi Kumar" in response.content.decode()
    assert client.get(invited[1]).status_code == 200


def test_reset_changes_the_password_and_ends_sessions(
    client: Client, owner: Client, committed: Committed, outbox: list[Any]
) -> None:
    ask(client, committed, "owner@alpha.example")
    path = path_in(outbox[0])

    assert client.post(path, {"password": NEW_PASSWORD})["Location"] == "/sign-in/"

    assert owner.get("/settings/profile/").status_code == 302
    assert client.post(path, {"password": "yet another sentence 5"}).status_code == 410
    assert client.post("/sign-in/", {"email": "owner@alpha.example", "password": PASSWORD}).status_code == 422
    assert client.post("/sign-in/", {"email": "owner@alpha.example", "password": NEW_PASSWORD}).status_code == 302


def test_reset_lives_two_hours(client: Client, committed: Committed, outbox: list[Any], monkeypatch: Any) -> None:
    ask(client, committed, "owner@alpha.example")

    later(monkeypatch, hours=2.1)

    assert client.get(path_in(outbox[0])).status_code == 410


def test_unknown_address_gets_the_same_page_and_no_mail(
    client: Client, committed: Committed, outbox: list[Any]
) -> None:
    known = without_csrf(ask(client, committed, "owner@alpha.example"))
    unknown = without_csrf(ask(client, committed, "nobody@alpha.example"))

    assert unknown == known.replace("owner@alpha.example", "nobody@alpha.example")
    assert len(outbox) == 1


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Forwarded-Server", "X-Original-Host", "Forwarded"])
def test_no_header_bends_the_link(client: Client, committed: Committed, outbox: list[Any], header: str) -> None:
    ask(client, committed, "owner@alpha.example", **{header: "evil.example", "host": "works.alpha.localhost"})

    assert "evil.example" not in outbox[0].message().as_string()
    assert f"http://works.alpha.localhost:{settings.PORT}/reset/" in outbox[0].body


def test_agency_member_resets_at_the_own_door_only(
    twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]
) -> None:
    ask(browser(twins[1].agency_host), committed, "boss@alpha.example")
    assert outbox == []

    ask(browser(twins[0].agency_host), committed, "boss@alpha.example")

    assert f"http://alpha.localhost:{settings.PORT}/reset/" in outbox[0].body
    assert browser(twins[1].agency_host).get(path_in(outbox[0])).status_code == 410
    assert browser(twins[0].agency_host).get(path_in(outbox[0])).status_code == 200


def test_forgotten_password_is_braked(client: Client, committed: Committed, outbox: list[Any]) -> None:
    codes = [ask(client, committed, "owner@alpha.example").status_code for _try in range(4)]

    assert codes == [200, 200, 200, 429]
    assert len(outbox) == 3


def test_mails_carry_the_brand_and_never_the_platform(
    client: Client, invited: tuple[User, str], committed: Committed, outbox: list[Any]
) -> None:
    ask(client, committed, "owner@alpha.example")

    for sent in outbox:
        whole = message_from_bytes(sent.message().as_bytes(), policy=default)
        text = whole.get_body(("plain",)).get_content()  # type: ignore[union-attr]
        html = whole.get_body(("html",)).get_content()  # type: ignore[union-attr]
        assert whole["From"] == "AlphaSuite <no-reply@works.alpha.localhost>"
        assert whole["Reply-To"] == "help@alpha.example"
        assert whole["Message-ID"].endswith("@works.alpha.localhost>")
        assert whole["Auto-Submitted"] == "auto-generated"
        assert "AlphaSuite" in text
        assert "#0f766e" in html
        assert "help@alpha.example" in html
        assert settings.PLATFORM_NAME.lower() not in f"{whole}{text}{html}".lower()
        assert "bravo" not in f"{whole}{text}{html}".lower()


def test_sender_of_the_brand_is_used(twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]) -> None:
    with context.public(), committed():
        update_brand(agency=twins[0].agency, sender_name="Alpha\nCare", sender_email="care@alpha.example")
    _forget()
    a_user(twins[0], "manager")

    ask(browser(twins[0].host), committed, "manager@people.example")

    assert outbox[0].from_email == "Alpha Care <care@alpha.example>"


def test_names_cannot_put_markup_or_headers_into_mails(company: Twin, committed: Committed, outbox: list[Any]) -> None:
    from tenants.identity.people import invite_user

    with committed():
        invite_user(email="x@alpha.example", name="<b>Eve</b>\r\nBcc: all@evil.example", role="support", by=robot())

    html = outbox[0].alternatives[0][0]
    assert "&lt;b&gt;Eve&lt;/b&gt; Bcc: all@evil.example" in html
    assert "<b>Eve</b>" in outbox[0].body
    assert outbox[0].recipients() == ["x@alpha.example"]


def test_new_company_mails_its_owner(twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]) -> None:
    with context.public(actor=robot()), committed():
        create_company(
            agency=twins[0].agency,
            name="Fresh",
            slug="fresh",
            country="BG",
            owner_email="mila@fresh.example",
            by=robot(),
        )

    assert [message.to for message in outbox] == [["mila@fresh.example"]]
    assert outbox[0].subject == "Your invitation to Fresh"
    assert browser("fresh.alpha.localhost").get(path_in(outbox[0])).status_code == 200


def test_refused_company_mails_nobody(twins: tuple[Twin, Twin], committed: Committed, outbox: list[Any]) -> None:
    from tenants.directory.errors import SlugTaken

    with context.public(actor=robot()), committed(), pytest.raises(SlugTaken):
        create_company(
            agency=twins[0].agency, name="Again", slug="works", country="IN", owner_email="x@x.example", by=robot()
        )

    assert outbox == []


def test_letter_sent_twice_has_one_message_id(
    invited: tuple[User, str], twins: tuple[Twin, Twin], outbox: list[Any]
) -> None:
    from tenants.identity.tasks import write_in_company

    write_in_company(*("invitation", str(invited[0].pk)), company_id=str(twins[0].company.pk))

    ids = {message.extra_headers["Message-ID"] for message in outbox}
    assert (len(outbox), len(ids)) == (2, 1)


def test_letter_to_one_who_has_joined_is_not_sent(
    client: Client, invited: tuple[User, str], twins: tuple[Twin, Twin], outbox: list[Any]
) -> None:
    client.post(invited[1], {"name": "Ravi", "password": NEW_PASSWORD})
    outbox.clear()

    with context.inside(twins[0].place):
        from tenants.directory.hosts import tenant_now

        letters.write(tenant_now(), "invitation", str(invited[0].pk))

    assert outbox == []
