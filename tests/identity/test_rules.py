"""The rules of a company: passwords, how long sessions live, the record of tries, who sees whose browsers."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tenants.identity.actions import set_password
from tenants.identity.models import AuditEntry, Session, SignIn, User
from tenants.identity.signin.breached import is_breached
from tenants.identity.signin.browsers import browsers_of
from tenants.identity.signin.history import tidy
from tenants.identity.signin.policy import update_policy
from tenants.identity.signin.rules import Policy, policy_now
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Denied, Invalid
from tests.factories import PASSWORD, Twin
from tests.identity.conftest import a_user, browser

OWNER = "owner@alpha.example"


def rules(twin: Twin, **values: Any) -> None:
    with context.inside(twin.place, actor=robot()):
        update_policy(values=values, by=robot())


def sign_in(client: Client, email: str = OWNER, password: str = PASSWORD) -> Any:
    return client.post("/sign-in/", {"email": email, "password": password})


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("password", True),
        ("Password123!", True),
        ("P@ssw0rd", True),
        ("Dragon2026", True),
        ("1234567890", True),
        ("correct horse battery 9", False),
        ("a wholly new sentence 4", False),
        ("zq9!Lk2vWp", False),
    ],
)
def test_known_passwords_are_found_with_digits_around_and_lookalikes(password: str, found: bool) -> None:
    assert is_breached(password) is found


def test_passwords_of_a_leak_file_are_found_by_halving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"leaked sentence {n}" for n in range(500)]
    hashes = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in words)
    file = tmp_path / "leaked.txt"
    file.write_text("".join(f"{one}:{n % 9 + 1}\r\n" for n, one in enumerate(hashes)))
    monkeypatch.setattr(settings, "BREACHED_PASSWORDS", str(file))

    assert all(is_breached(word) for word in words)
    assert not is_breached("leaked sentence 500")


def test_password_breaking_rules_is_refused_with_every_reason(company: Twin) -> None:
    update_policy(values={"password_length": 12, "password_classes": 3}, by=robot())
    owner = company.owner()

    with pytest.raises(Invalid) as refused:
        set_password(user=owner, password="owner alpha", by=robot())

    assert refused.value.errors["password"] == [
        "Use at least 12 characters.",
        "Mix at least 3 of: small letters, capitals, digits, signs.",
    ]
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_former_passwords_may_not_return(company: Twin) -> None:
    update_policy(values={"password_reuse": 2}, by=robot())
    owner = company.owner()
    for password in ("first new sentence 1", "second new sentence 2"):
        set_password(user=owner, password=password, by=robot())

    for used in ("second new sentence 2", "first new sentence 1"):
        with pytest.raises(Invalid, match="used this password before"):
            set_password(user=owner, password=used, by=robot())
    set_password(user=owner, password=PASSWORD, by=robot())


def test_password_that_is_too_old_leads_to_a_new_one(client: Client, twins: tuple[Twin, Twin]) -> None:
    rules(twins[0], password_days=90)
    with context.inside(twins[0].place):
        User.objects.filter(email=OWNER).update(created_at=timezone.now() - timedelta(days=91))

    path = sign_in(client)["Location"]

    assert "older than the rules of your company allow" in client.get(path).content.decode()
    assert client.get("/settings/profile/").status_code == 302
    assert client.post(path, {"password": "a wholly new sentence 4"})["Location"] == "/sign-in/"
    assert sign_in(client, password="a wholly new sentence 4")["Location"] == "/"


def test_rules_are_asked_once_a_minute_and_forgotten_on_change(company: Twin, django_assert_num_queries: Any) -> None:
    assert policy_now() == Policy()
    with django_assert_num_queries(0):
        policy_now()

    update_policy(values={"idle_minutes": 15}, by=robot())

    assert policy_now().idle_minutes == 15
    assert AuditEntry.objects.filter(action="sign_in_policy.changed").count() == 1


def test_rules_of_one_company_are_not_those_of_another(twins: tuple[Twin, Twin]) -> None:
    rules(twins[0], password_length=20)

    with context.inside(twins[1].place):
        assert policy_now() == Policy()


def test_rules_are_for_administrators_and_in_range(company: Twin) -> None:
    with pytest.raises(Denied):
        update_policy(values={"idle_minutes": 15}, by=a_user(company, "sales-rep").actor)
    with pytest.raises(Invalid) as refused:
        update_policy(values={"idle_minutes": 1, "second_factor": "some", "second_factor_roles": ["boss"]}, by=robot())

    assert sorted(refused.value.errors) == ["idle_minutes", "second_factor", "second_factor_roles"]
    assert policy_now() == Policy()


def aged(twin: Twin, **columns: Any) -> None:
    with context.inside(twin.place):
        Session.objects.update(**columns)


def test_idle_session_ends(owner: Client, twins: tuple[Twin, Twin]) -> None:
    rules(twins[0], idle_minutes=15)
    aged(twins[0], seen_at=timezone.now() - timedelta(minutes=14))
    assert owner.get("/settings/profile/").status_code == 200

    aged(twins[0], seen_at=timezone.now() - timedelta(minutes=16))

    assert owner.get("/settings/profile/").status_code == 302


def test_session_ends_in_any_case_in_the_end(owner: Client, twins: tuple[Twin, Twin]) -> None:
    rules(twins[0], absolute_hours=8)
    aged(twins[0], opened_at=timezone.now() - timedelta(hours=8, minutes=1))

    assert owner.get("/settings/profile/").status_code == 302


def test_use_keeps_a_session_awake_and_is_noted_coarsely(owner: Client, twins: tuple[Twin, Twin]) -> None:
    before = timezone.now() - timedelta(minutes=2)
    aged(twins[0], seen_at=before)

    owner.get("/settings/profile/")

    with context.inside(twins[0].place):
        seen = Session.objects.get().seen_at
        assert timezone.now() - seen < timedelta(seconds=30)
    owner.get("/settings/profile/")
    with context.inside(twins[0].place):
        assert Session.objects.get().seen_at == seen


def test_every_try_is_on_record(client: Client, twins: tuple[Twin, Twin]) -> None:
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    client.defaults["HTTP_USER_AGENT"] = agent
    sign_in(client, password="wrong")
    sign_in(client, email="nobody@alpha.example")
    sign_in(client)

    with context.inside(twins[0].place):
        rows = list(SignIn.objects.order_by("id").values_list("email", "outcome", "method", "reason", "user__email"))
        kept = set(SignIn.objects.values_list("ip", "agent"))
    assert rows == [
        (OWNER, "refused", "password", "credentials", OWNER),
        ("nobody@alpha.example", "refused", "password", "credentials", None),
        (OWNER, "done", "password", "", OWNER),
    ]
    assert kept == {("127.0.0.1", agent)}


def test_tries_held_off_fill_no_table(client: Client, twins: tuple[Twin, Twin]) -> None:
    for _try in range(12):
        sign_in(client, password="wrong")

    with context.inside(twins[0].place):
        assert SignIn.objects.filter(outcome="braked").count() == 1


def test_record_shows_failed_tries_of_this_company_alone(
    client: Client, owner: Client, twins: tuple[Twin, Twin]
) -> None:
    sign_in(client, email="guess@alpha.example")
    sign_in(browser(twins[1].host), email="other@bravo.example")
    sign_in(client)

    page = owner.get("/settings/sign-in/history/?outcome=refused").content.decode()

    assert "Unknown address or wrong password" in page
    assert "other@bravo.example" not in page
    assert "guess@alpha.example" in page
    assert "Came in</" not in page.split("<tbody>")[1]


@pytest.mark.parametrize("rows", [1, 3])
def test_record_costs_the_same_for_any_number_of_rows(
    owner: Client, client: Client, rows: int, django_assert_num_queries: Any
) -> None:
    for n in range(rows):
        sign_in(client, email=f"guess{n}@alpha.example")
    owner.get("/settings/sign-in/history/")

    with django_assert_num_queries(3):
        assert owner.get("/settings/sign-in/history/").status_code == 200


def test_record_pages_through_older_tries(owner: Client, twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        scope = context.place().salt
        SignIn.objects.bulk_create(
            SignIn(scope=scope, email=f"n{n:02}@x.example", method="password", outcome="refused") for n in range(60)
        )
    first = owner.get("/settings/sign-in/history/").content.decode()
    older = first.split('href="?before=')[1].split('"')[0].replace("&amp;", "&")

    second = owner.get(f"/settings/sign-in/history/?before={older}").content.decode()

    assert "n59@x.example" in first
    assert "n09@x.example" not in first
    assert "n09@x.example" in second
    assert owner.get("/settings/sign-in/history/?before=nonsense").status_code == 200


def test_year_old_tries_and_expired_sessions_are_dropped(company: Twin) -> None:
    SignIn.objects.create(scope="x", method="password", outcome="done")
    SignIn.objects.create(scope="x", method="password", outcome="done")
    SignIn.objects.filter(pk=SignIn.objects.first().pk).update(created_at=timezone.now() - timedelta(days=366))

    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))

    assert tidy() == (1, 1)
    assert (SignIn.objects.count(), Session.objects.count()) == (1, 0)


def test_person_signs_out_one_other_browser(owner: Client, twins: tuple[Twin, Twin]) -> None:
    other, third = twins[0].signed_in(), twins[0].signed_in()
    with context.inside(twins[0].place):
        key = other.cookies[settings.SESSION_COOKIE_NAME].value
        wanted = next(one for one in browsers_of(twins[0].owner(), this=key) if one.is_this)
    page = owner.get("/settings/profile/").content.decode()
    assert wanted.id in page
    assert key not in page

    assert owner.post(f"/settings/profile/sessions/{wanted.id}/end/")["Location"] == "/settings/profile/"

    assert [one.get("/settings/profile/").status_code for one in (owner, other, third)] == [200, 302, 200]
    assert owner.post(f"/settings/profile/sessions/{wanted.id}/end/").status_code == 404


def test_administrator_signs_somebody_out_and_only_owners_owners(owner: Client, twins: tuple[Twin, Twin]) -> None:
    rep, admin = a_user(twins[0], "sales-rep"), a_user(twins[0], "admin")
    rep_browser, admin_browser = twins[0].signed_in(rep.email), twins[0].signed_in(admin.email)
    boss = twins[0].owner()

    assert admin_browser.post(f"/settings/people/{rep.pk}/sessions/end/").status_code == 302
    assert admin_browser.post(f"/settings/people/{boss.pk}/sessions/end/").status_code == 403
    assert rep_browser.get("/settings/profile/").status_code == 302
    assert owner.get("/settings/profile/").status_code == 200
    assert owner.post(f"/settings/people/{admin.pk}/sessions/end/").status_code == 302
    assert admin_browser.get("/settings/profile/").status_code == 302


@pytest.mark.parametrize("path", ["/settings/sign-in/", "/settings/sign-in/history/"])
def test_settings_of_sign_in_are_for_administrators(client: Client, twins: tuple[Twin, Twin], path: str) -> None:
    rep = twins[0].signed_in(a_user(twins[0], "sales-rep").email)

    assert client.get(path).status_code == 302
    assert rep.get(path).status_code == 403
    assert twins[0].signed_in().get(path).status_code == 200


def test_rules_are_saved_by_the_page_and_bad_ones_shown_again(owner: Client, twins: tuple[Twin, Twin]) -> None:
    values = {
        "password_length": "14", "password_classes": "2", "password_reuse": "5", "password_days": "0",
        "idle_minutes": "60", "absolute_hours": "24", "second_factor": "nobody", "allows_links": "on",
    }  # fmt: skip

    assert owner.post("/settings/sign-in/", values)["Location"] == "/settings/sign-in/"
    with context.inside(twins[0].place):
        assert policy_now() == Policy(
            password_length=14, password_classes=2, password_reuse=5, idle_minutes=60, absolute_hours=24,
            allows_passkeys=False,
        )  # fmt: skip
    refused = owner.post("/settings/sign-in/", values | {"password_length": "3"})
    assert refused.status_code == 422


def test_api_gives_rules_tries_and_browsers_to_administrators(
    owner: Client, client: Client, twins: tuple[Twin, Twin]
) -> None:
    sign_in(client, password="wrong")
    rep = twins[0].signed_in(a_user(twins[0], "sales-rep").email)
    boss = twins[0].owner()

    assert owner.get("/api/v1/sign-in-policy").json()["idle_minutes"] == 20160
    changed = owner.patch("/api/v1/sign-in-policy", {"idle_minutes": 60}, content_type="application/json")
    assert changed.json()["idle_minutes"] == 60
    refused = owner.patch("/api/v1/sign-in-policy", {"is_sso_only": True}, content_type="application/json")
    assert refused.status_code == 422
    found = owner.get("/api/v1/sign-ins?outcome=refused&limit=1").json()
    assert ([one["email"] for one in found["items"]], found["next"]) == ([OWNER], None)
    mine = owner.get("/api/v1/me/sessions").json()["items"]
    assert [one["is_this"] for one in mine] == [True]
    assert owner.delete("/api/v1/me/sessions/nothing").status_code == 404
    for path in ("/sign-in-policy", "/sign-ins", f"/users/{boss.pk}/sessions"):
        assert rep.get(f"/api/v1{path}").status_code == 403, path
    assert rep.delete(f"/api/v1/users/{boss.pk}/sessions").status_code == 403
    assert rep.get("/api/v1/me/sessions").status_code == 200
    assert owner.delete(f"/api/v1/me/sessions/{mine[0]['id']}").status_code == 204
    assert owner.get("/api/v1/me/sessions").status_code == 401
