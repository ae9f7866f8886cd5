"""Paused, opened, closed for good, taken back; what every door says meanwhile."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client, TestCase
from django.utils import timezone

from saas.celery import app
from tenants.directory.actions import set_company_status
from tenants.directory.enums import CompanyStatus
from tenants.directory.hosts import _forget
from tenants.directory.models import Company
from tenants.fleet.lifecycle.closing import restore_company, resume_company, retire_company, suspend_company
from tenants.fleet.lifecycle.erasing import due_companies
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tests.factories import Twin

PAGES_AND_PROGRAMS = [
    ("/", 403), ("/sign-in/", 403), ("/api/v1/contacts", 403), ("/scim/v2/Users", 403), ("/oauth/token", 403),
    ("/.well-known/oauth-authorization-server", 403), ("/hooks/exotel/x", 503), ("/brand.css", 200),
    ("/manifest.webmanifest", 200), ("/brands/", 403), ("/brand/0189/", 403), ("/brand-editor/", 403),
]  # fmt: skip


def closed(company: Company, by: Actor, **words: Any) -> Company:
    return retire_company(
        company=company, **{"typed_name": company.name, "reason": "Left us", "by": by} | words
    )  # fmt: skip


def browser(company: Company) -> Client:
    _forget()
    return Client(headers={"host": f"{company.slug}.alpha.localhost"})


@pytest.mark.parametrize(("path", "status"), PAGES_AND_PROGRAMS)
def test_every_door_of_a_suspended_company_is_shut(ending: Company, by: Actor, path: str, status: int) -> None:
    suspend_company(company=ending, reason="Unpaid", by=by)

    assert browser(ending).get(path).status_code == status


def test_a_suspended_company_tells_programs_hooks_and_open_pages_apart(ending: Company, by: Actor) -> None:
    suspend_company(company=ending, reason="Unpaid", by=by)
    client = browser(ending)

    told = client.get("/scim/v2/Users")
    hook = client.post("/hooks/exotel/x")
    part = client.get("/contacts/", headers={"hx-request": "true"})
    assert (told["Content-Type"], told.json()["code"]) == ("application/problem+json", "company_suspended")
    assert (hook.status_code, hook["Retry-After"]) == (503, "600")
    assert (part.status_code, part["HX-Refresh"]) == (403, "true")


@pytest.mark.parametrize(
    ("status", "page", "hook", "code"),
    [
        (CompanyStatus.MOVING, 503, 503, "company_moving"),
        (CompanyStatus.RETIRED, 403, 503, "company_closed"),
        (CompanyStatus.ERASING, 410, 410, "company_gone"),
    ],
)
def test_each_kind_of_closed_door_says_what_it_is(
    ending: Company, status: CompanyStatus, page: int, hook: int, code: str
) -> None:
    set_company_status(company=ending, status=status, erase_after=timezone.now() + timedelta(days=30))
    client = browser(ending)

    shown = client.get("/")
    assert (shown.status_code, client.post("/hooks/exotel/x").status_code) == (page, hook)
    assert client.get("/api/v1/contacts").json()["code"] == code
    assert "AlphaSuite" in shown.content.decode()
    assert "OmniFlow" not in shown.content.decode()


def test_suspending_and_resuming_is_told_once(ending: Company, by: Actor) -> None:
    for _time in range(2):
        suspend_company(company=ending, reason="Unpaid", by=by)
    for _time in range(2):
        resume_company(company=ending, by=by)

    lines = AuditEntry.objects.filter(subject=f"company:{ending.pk}").order_by("number")
    assert [one.action for one in lines] == ["company.suspended", "company.resumed"]
    assert browser(ending).get("/sign-in/").status_code == 200


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"typed_name": "ending ltd"}, "confirm"),
        ({"typed_name": ""}, "confirm"),
        ({"reason": " "}, "reason"),
        ({"days": -1}, "days"),
        ({"days": 366}, "days"),
    ],
)
def test_closing_wants_the_name_a_reason_and_a_time(
    ending: Company, by: Actor, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        closed(ending, by, **words)

    ending.refresh_from_db()
    assert (list(refused.value.errors), ending.status) == ([field], "active")


def test_closing_waits_shows_the_day_and_is_undone_with_one_step(ending: Company, by: Actor) -> None:
    found = closed(ending, by, days=10)

    page = browser(ending).get("/").content.decode()
    assert found.erase_after
    assert abs(found.erase_after - timezone.now() - timedelta(days=10)) < timedelta(minutes=1)
    assert str(found.erase_after.year) in page
    assert due_companies() == []
    restore_company(company=ending, by=by)
    ending.refresh_from_db()
    assert (ending.status, ending.erase_after) == ("active", None)
    assert browser(ending).get("/sign-in/").status_code == 200


def test_closing_twice_does_not_move_the_day(ending: Company, by: Actor) -> None:
    first = closed(ending, by, days=10).erase_after

    assert closed(ending, by, days=90).erase_after == first


def test_owner_and_agency_hear_of_it_in_their_brand(
    ending: Company, twins: tuple[Twin, Twin], by: Actor, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    try:
        with TestCase.captureOnCommitCallbacks(execute=True):
            closed(ending, by)
    finally:
        app.conf.task_always_eager = app.conf.task_eager_propagates = False

    assert [one.to for one in mail.outbox] == [["olga@ending.example"], ["boss@alpha.example"]]
    assert "help@alpha.example" in mail.outbox[0].body
    assert f"http://alpha.localhost:8000/companies/{ending.pk}/" in mail.outbox[1].body
    assert all("AlphaSuite" in one.from_email and "OmniFlow" not in one.body for one in mail.outbox)


def test_what_is_being_erased_cannot_be_taken_back(ending: Company, by: Actor) -> None:
    closed(ending, by)
    set_company_status(company=ending, status=CompanyStatus.ERASING)

    for act in (restore_company, resume_company):
        with pytest.raises(Conflict):
            act(company=ending, by=by)


def test_due_are_those_whose_time_is_over(ending: Company, by: Actor) -> None:
    closed(ending, by, days=0)

    assert due_companies() == [ending]


def test_slug_and_host_stay_reserved_while_it_is_closed(ending: Company, twins: tuple[Twin, Twin], by: Actor) -> None:
    from tenants.directory.own_hosts import is_slug_taken

    closed(ending, by)

    assert is_slug_taken(twins[0].agency, "ending") is True
    assert is_slug_taken(twins[1].agency, "ending") is False


def test_an_agency_does_not_read_what_a_former_one_wrote(ending: Company, twins: tuple[Twin, Twin], by: Actor) -> None:
    from public_site.agency.audit import entries_of

    suspend_company(company=ending, reason="They never pay", by=by)
    with context.public():
        assert [line.detail for line in entries_of(ending, seen_by=twins[0].agency)] == ["They never pay"]
        assert entries_of(ending, seen_by=twins[1].agency) == []
