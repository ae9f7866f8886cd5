"""What must not work: stolen, replayed, stretched, foreign and outlived codes and tokens."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tenants.identity.models import AuditEntry, OAuthAccess, Role, User
from tenants.identity.oauth import issuing
from tenants.identity.oauth.accesses import tidy
from tenants.identity.oauth.clients import create_client, delete_client, rotate_secret, update_client
from tenants.identity.oauth.tasks import tidy_accesses, tidy_accesses_everywhere
from tenants.identity.people import change_role, deactivate_user
from tenants.identity.remembered import forget_keys
from tenants.kernel import context
from tenants.kernel.actors import robot
from tests.factories import Twin, client_for
from tests.identity.oauth.conftest import BACK, SCOPES, App, allowed, told_in


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def noted(action: str) -> int:
    return AuditEntry.objects.filter(action=f"oauth.{action}").count()


def test_code_used_twice_ends_what_came_of_it(app: App, person: Client) -> None:
    code = allowed(person, app.asks())["code"]
    tokens = app.exchange(code).json()
    assert app.api(tokens["access_token"]) == 200

    again = app.exchange(code)

    assert error_of(again) == (400, "invalid_grant")
    assert app.api(tokens["access_token"]) == 401
    refreshed = app.posts("token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert error_of(refreshed) == (400, "invalid_grant")
    assert noted("code_reused") == 1


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 50}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": "https://sync.example/other"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code": "oc_nonsense.x"}, "invalid_grant"),
        ({"code": "\x00"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_exchange_gives_nothing(app: App, person: Client, changed: Any, error: str) -> None:
    code = allowed(person, app.asks())["code"]

    assert error_of(app.exchange(**({"code": code} | changed))) == (400, error)
    assert not OAuthAccess.objects.exclude(digest="").exists()


def test_code_lives_for_a_minute(app: App, person: Client) -> None:
    code = allowed(person, app.asks())["code"]
    OAuthAccess.objects.update(code_until=timezone.now())

    assert timedelta(seconds=60) == issuing.CODE_LIFE
    assert error_of(app.exchange(code)) == (400, "invalid_grant")


def test_code_is_for_its_app_alone(connect: Any, app: App, person: Client) -> None:
    other = connect(name="Other")
    code = allowed(person, app.asks())["code"]
    other.verifier = app.verifier

    assert error_of(other.exchange(code)) == (400, "invalid_grant")
    app.secret = "ocs_wrong"
    assert error_of(app.exchange(code)) == (401, "invalid_client")


@pytest.mark.parametrize("is_public", [False, True])
@pytest.mark.parametrize(
    "changed", [{"code_challenge": None, "code_challenge_method": None}, {"code_challenge_method": "plain"},
                {"code_challenge_method": None}, {"code_challenge": "x"}],
)  # fmt: skip
def test_nobody_does_without_a_proper_challenge(connect: Any, person: Client, is_public: bool, changed: Any) -> None:
    answer = person.get(connect(is_public=is_public).asks(**changed))

    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{BACK}?")
    told = told_in(answer["Location"])
    assert (told["error"], told["state"], "iss" in told) == ("invalid_request", "st&te=1", True)


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/back"},
        {"redirect_uri": "https://sync.example/back/"},
        {"redirect_uri": "https://sync.example/back?x=1"},
        {"redirect_uri": "https://sync.example:443/back"},
        {"redirect_uri": "https://sync.example/back#x"},
        {"redirect_uri": 'https://sync.example/"\\'},
        {"redirect_uri": "https://sync.example/бг"},
        {"redirect_uri": None},
        {"redirect_uri": [BACK, "https://evil.example/"]},
        {"client_id": "0" * 32},
        {"client_id": "nobody"},
        {"client_id": None},
        {"response_type": "t\u00f6ken", "redirect_uri": "https://evil.example/"},
        {"state": "\x00"},
    ],
)
def test_person_is_sent_nowhere_where_the_address_is_not_sure(app: App, person: Client, changed: Any) -> None:
    for answer in (person.get(app.asks(**changed)), person.post(app.asks(**changed), {"decision": "deny"})):
        assert answer.status_code == 400
        assert "Location" not in answer
        assert "This app cannot be let in" in answer.content.decode()


def test_other_kinds_of_answers_are_refused_to_the_app(app: App, person: Client) -> None:
    answer = person.get(app.asks(response_type="token"))

    assert told_in(answer["Location"])["error"] == "unsupported_response_type"


def test_old_refresh_token_ends_the_family(app: App, tokens: dict[str, Any]) -> None:
    old = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    fresh = app.posts("token", old).json()
    assert app.api(tokens["access_token"]) == 401
    assert app.api(fresh["access_token"]) == 200

    assert error_of(app.posts("token", old)) == (400, "invalid_grant")

    assert app.api(fresh["access_token"]) == 401
    assert error_of(app.posts("token", old | {"refresh_token": fresh["refresh_token"]})) == (400, "invalid_grant")
    assert noted("refresh_reused") == 1


def test_made_up_refresh_token_ends_nothing(app: App, tokens: dict[str, Any]) -> None:
    head = tokens["refresh_token"].partition(".")[0]
    made_up = {"grant_type": "refresh_token", "refresh_token": f"{head}.{'x' * 75}"}

    assert error_of(app.posts("token", made_up)) == (400, "invalid_grant")

    assert app.api(tokens["access_token"]) == 200
    assert noted("refresh_reused") == 0


def test_refresh_may_ask_for_less_and_never_for_more(app: App, tokens: dict[str, Any]) -> None:
    asked = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    more = app.posts("token", asked | {"scope": "contacts:view contacts:delete"})
    less = app.posts("token", asked | {"scope": "deals:view"}).json()

    assert error_of(more) == (400, "invalid_scope")
    assert less["scope"] == "deals:view"
    assert app.reaches(less["access_token"], "contacts", "deals") == [403, 200]


@pytest.mark.parametrize(
    "scope", ["contacts:delete", "settings:edit", "*:view", "rockets:view", "contacts", "contacts:*"]
)
def test_app_may_not_ask_for_more_than_it_was_given(app: App, person: Client, scope: str) -> None:
    assert told_in(person.get(app.asks(scope=scope))["Location"])["error"] == "invalid_scope"


def test_person_gives_no_more_than_they_have(connect: Any, person: Client) -> None:
    app = connect(scopes={"*": ["view", "delete"], "settings": ["view", "edit"]})

    told = allowed(person, app.asks(scope="*:view contacts:delete settings:edit"))
    tokens = app.exchange(told["code"]).json()

    assert tokens["scope"] == "*:view"
    assert app.reaches(tokens["access_token"], "deals", "users", "audit") == [
        200,
        403,
        403,
    ]
    nothing = person.get(app.asks(scope="settings:edit"))
    assert told_in(nothing["Location"])["error"] == "invalid_scope"


def test_everything_does_not_mean_the_settings(connect: Any, owner: Client) -> None:
    app = connect(scopes={"*": ["view", "edit"]})

    tokens = app.exchange(allowed(owner, app.asks(scope="*:edit *:view"))["code"]).json()

    assert app.reaches(tokens["access_token"], "deals", "users") == [200, 403]


def test_token_is_nothing_at_another_company(twins: tuple[Twin, Twin], app: App, tokens: dict[str, Any]) -> None:
    assert app.api(tokens["access_token"]) == 200
    assert app.api(tokens["access_token"], twin=twins[1]) == 401
    with context.inside(twins[1].place):
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert error_of(app.posts("token", refresh)) == (401, "invalid_client")
    # Even with the very same row over there: the hash is salted with the company.
    row = OAuthAccess.objects.get()
    with context.inside(twins[1].place):
        owner = twins[1].owner()
        there = create_client(name="Twin", scopes=SCOPES, redirect_uris=[BACK], by=owner.actor)[0]
        row.client, row.user, row._state.adding = there, owner, True
        row.save(force_insert=True)
    assert app.api(tokens["access_token"], twin=twins[1]) == 401


def gone(user: User, app: App) -> None:
    deactivate_user(user=user, by=robot())


def poorer(user: User, app: App) -> None:
    role = Role.objects.get(slug="support")
    role.grants = {"deals": ["view"]}
    role.save()
    change_role(user=user, role="support", by=robot())


def deleted(user: User, app: App) -> None:
    delete_client(client=app.row, by=app.twin.owner().actor)


def narrower(user: User, app: App) -> None:
    update_client(client=app.row, values={"scopes": {"deals": ["view"]}}, by=app.twin.owner().actor)


@pytest.mark.parametrize(("change", "status"), [(gone, 401), (poorer, 403), (deleted, 401), (narrower, 403)])
def test_what_changes_counts_from_the_next_request_on(
    app: App, tokens: dict[str, Any], rep: User, change: Any, status: int
) -> None:
    assert app.api(tokens["access_token"]) == 200

    change(rep, app)

    assert app.api(tokens["access_token"]) == status


def test_person_who_left_refreshes_nothing(app: App, tokens: dict[str, Any], rep: User) -> None:
    deactivate_user(user=rep, by=robot())

    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert error_of(app.posts("token", refresh)) == (400, "invalid_grant")


def test_app_that_acts_alone_stops_with_its_maker(connect: Any, company: Twin) -> None:
    app = connect(acts_alone=True)
    token = app.posts("token", {"grant_type": "client_credentials"}).json()["access_token"]
    assert app.api(token) == 200

    User.objects.filter(pk=app.row.maker_id).update(is_active=False)
    forget_keys()

    assert app.api(token) == 401
    assert error_of(app.posts("token", {"grant_type": "client_credentials"})) == (400, "unauthorized_client")


def test_only_those_meant_to_act_alone(app: App, connect: Any) -> None:
    public = connect(is_public=True)
    told = {"grant_type": "client_credentials"}

    assert error_of(app.posts("token", told)) == (400, "unauthorized_client")
    assert public.posts("token", told).status_code == 401


def test_former_secret_works_for_a_day(app: App, tokens: dict[str, Any], company: Twin) -> None:
    before = app.secret
    asked = {"token": tokens["access_token"]}

    app.secret = rotate_secret(client=app.row, by=company.owner().actor)
    assert app.posts("introspect", asked).json()["active"] is True
    former = App(company, app.row, before)
    assert former.posts("introspect", asked).json()["active"] is True
    type(app.row).objects.update(former_until=timezone.now())

    assert error_of(former.posts("introspect", asked)) == (401, "invalid_client")
    assert app.posts("introspect", asked).json()["active"] is True


def test_token_opens_no_page_and_makes_no_keys(connect: Any, owner: Client, company: Twin) -> None:
    app = connect(scopes={"*": ["view", "edit"], "settings": ["view", "edit"]})
    tokens = app.exchange(allowed(owner, app.asks(scope="settings:edit settings:view"))["code"]).json()
    program = Client(headers={"host": company.host, "authorization": f"Bearer {tokens['access_token']}"})

    assert program.get("/settings/keys/").status_code == 403
    assert program.get(app.asks()).status_code == 403
    body = {"name": "x", "scopes": {"contacts": ["view"]}}
    paths = ("/api/v1/api-keys", "/api/v1/me/tokens", "/api/v1/apps", f"/api/v1/apps/{app.row.pk}/secret")
    answers = [program.post(path, body, content_type="application/json").status_code for path in paths]
    changed = program.patch(f"/api/v1/apps/{app.row.pk}", {"redirect_uris": [BACK]}, content_type="application/json")
    assert ([*answers, changed.status_code], program.get("/api/v1/apps").status_code) == ([403] * 5, 200)


def test_jobs_of_an_app_have_no_more_rights_than_it(connect: Any, owner: Client, company: Twin) -> None:
    from tenants.identity.keys import actor_of
    from tenants.records.jobs.actions import start_job
    from tenants.records.jobs.tasks import actor_of as worker_of

    app = connect()
    app.exchange(allowed(owner, app.asks())["code"])
    actor = actor_of(OAuthAccess.objects.get())

    job = start_job(kind="export", label="Export", by=actor, is_small=True)

    worker = worker_of(job)
    assert (worker.name, worker.may("view", "deals")) == (actor.name, True)
    assert [worker.may("edit", "deals"), worker.may("delete", "contacts"), worker.may("edit", "settings")] == [
        False
    ] * 3


def test_tidying_drops_what_is_dead_and_no_more(app: App, person: Client, tokens: dict[str, Any]) -> None:
    allowed(person, app.asks())
    long_ago = timezone.now() - timedelta(days=2)
    OAuthAccess.objects.filter(code_used_at=None).update(code_until=long_ago)

    assert (tidy(), OAuthAccess.objects.count()) == (1, 1)
    assert (tidy(), app.api(tokens["access_token"])) == (0, 200)
    OAuthAccess.objects.update(refresh_until=long_ago)
    assert (tidy(), OAuthAccess.objects.count()) == (1, 0)


def test_daily_task_tidies_in_its_company(app: App, tokens: dict[str, Any], company: Twin) -> None:
    OAuthAccess.objects.update(revoked_at=timezone.now() - timedelta(days=2))

    for _time in range(2):
        tidy_accesses(company_id=str(company.company.pk))

    assert not OAuthAccess.objects.exists()
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tidy_accesses_everywhere.name in tasks


def test_stranger_is_led_to_sign_in_first(app: App, client: Client, rep: User, company: Twin) -> None:
    answer = client.get(app.asks())

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=/oauth/authorize%3F")
    assert client_for(rep, company.host).get(app.asks()).status_code == 200
