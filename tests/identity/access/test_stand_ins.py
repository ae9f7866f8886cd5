"""Stand-ins: lent until a day, by the lender or who reaches as far, ended at any time."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenants.identity.actions import create_api_key
from tenants.identity.models import AuditEntry, Delegation, User
from tenants.identity.standing.actions import end_stand_in, lend_access
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.queries import may_touch
from tests.factories import Twin, client_for, make
from tests.identity.access.conftest import Clerk
from tests.records.people import colleague

JSON = "application/json"


def days(number: float) -> Any:
    return timezone.now() + timedelta(days=number)


def fresh(user: User) -> User:
    return User.objects.select_related("role").get(pk=user.pk)


def test_the_borrower_may_what_the_lender_may_until_it_ends(company: Twin) -> None:
    lender, borrower = colleague("Maya Iyer"), colleague("Rohan Patil", "read-only")
    theirs = make("contacts", first_name="A", owner=lender.pk)

    made = lend_access(lender=lender, borrower=borrower, until=days(3), reason=" Annual  leave ", by=lender.actor)

    assert made.reason == "Annual leave"
    assert may_touch(fresh(borrower).actor, "edit", theirs)
    assert not fresh(borrower).actor.may("edit", "settings")
    end_stand_in(stand_in=made, by=borrower.actor)
    assert not may_touch(fresh(borrower).actor, "edit", theirs)
    begun, ended = AuditEntry.objects.filter(action__startswith="stand_in.").order_by("number")
    assert (begun.action, begun.subject, begun.details["to"]) == ("stand_in.begun", lender.email, borrower.email)
    assert (ended.action, sorted(ended.details)) == ("stand_in.ended", ["after", "before", "to"])


@pytest.mark.parametrize(
    ("ahead", "same", "place"), [(0, False, "until"), (-1, False, "until"), (92, False, "until"), (3, True, "borrower")]
)
def test_refused(company: Twin, ahead: int, same: bool, place: str) -> None:
    lender, other = colleague("Maya Iyer"), colleague("Rohan Patil")

    with pytest.raises(Invalid) as refusal:
        lend_access(lender=lender, borrower=lender if same else other, until=days(ahead), by=lender.actor)

    assert list(refusal.value.errors) == [place]
    assert Delegation.objects.count() == 0


def test_once_between_two_people(company: Twin) -> None:
    lender, other = colleague("Maya Iyer"), colleague("Rohan Patil")
    first = lend_access(lender=lender, borrower=other, until=days(3), by=lender.actor)

    with pytest.raises(Invalid):
        lend_access(lender=lender, borrower=other, until=days(5), by=lender.actor)
    end_stand_in(stand_in=first, by=lender.actor)
    assert lend_access(lender=lender, borrower=other, until=days(5), by=lender.actor).pk


def test_for_others_only_by_who_reaches_as_far(company: Twin, by: Actor, clerk: Clerk) -> None:
    manager, rep = colleague("Maya Iyer", "manager"), colleague("Rohan Patil")
    narrow, wide = clerk(view="own"), clerk(view="all", create="all", edit="all", delete="all", export="all")

    for actor in (rep.actor, narrow.actor, colleague("Farah Shaikh", "manager").actor):
        with pytest.raises(Denied):
            lend_access(lender=manager, borrower=rep, until=days(3), by=actor)
    # Even those whose role says the same would get at the other's own records.
    with pytest.raises(Denied):
        lend_access(lender=clerk(view="own"), borrower=narrow, until=days(3), by=narrow.actor)
    assert lend_access(lender=manager, borrower=rep, until=days(3), by=wide.actor).pk
    stranger = colleague("Nobody Here")
    with pytest.raises(Denied):
        end_stand_in(stand_in=Delegation.objects.get(), by=stranger.actor)


def test_a_key_lends_no_more_than_its_scopes(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    with context.inside(a.place):
        owner, other = a.owner(), colleague("Rohan Patil", "read-only")
        secret = create_api_key(user=owner, name="Narrow", scopes={"contacts": ["view"]}, by=owner.actor)[1]
    narrow = Client(headers={"host": a.host, "authorization": f"Bearer {secret}"})
    body = json.dumps({"borrower": str(other.pk), "until": days(3).isoformat()})

    refused = narrow.post("/api/v1/stand-ins", body, content_type=JSON)

    assert refused.status_code == 403
    with context.inside(a.place):
        assert Delegation.objects.count() == 0


def test_the_page_and_the_api_tell_the_same_and_the_banner_stands(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    with context.inside(a.place):
        rep, other = colleague("Rohan Patil"), colleague("Farah Shaikh")
        browser, others = client_for(rep, a.host), client_for(other, a.host)
    day = (timezone.localdate() + timedelta(days=5)).isoformat()

    answer = browser.post("/settings/profile/stand-in/", {"borrower": str(other.pk), "until": day, "reason": "Leave"})

    assert answer["Location"] == "/settings/profile/"
    listed = others.get("/api/v1/stand-ins").json()["items"]
    assert [(one["lender_name"], one["borrower_name"], one["is_on"]) for one in listed] == [
        ("Rohan Patil", "Farah Shaikh", True)
    ]
    assert "You stand in for <b>Rohan Patil</b>" in others.get("/").content.decode()
    assert "You stand in for <b>" not in browser.get("/").content.decode()
    assert "Farah Shaikh stands in for you" in browser.get("/settings/profile/").content.decode()
    assert "Farah Shaikh" in a.signed_in().get("/settings/stand-ins/").content.decode()
    assert twins[1].with_key().get("/api/v1/stand-ins").json() == {"items": []}
    ended = others.delete(f"/api/v1/stand-ins/{listed[0]['id']}")
    assert (ended.status_code, ended.json()["is_on"]) == (200, False)
    assert "You stand in for <b>" not in others.get("/").content.decode()


def test_an_administrator_begins_and_ends_it_for_others(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    with context.inside(a.place):
        rep, other = colleague("Rohan Patil"), colleague("Farah Shaikh")
    owner = a.signed_in()
    day = (timezone.localdate() + timedelta(days=5)).isoformat()

    sent = {"lender": str(rep.pk), "borrower": str(other.pk), "until": day}
    assert owner.post("/settings/stand-ins/new/", sent)["Location"] == "/settings/stand-ins/"
    again = owner.post("/settings/stand-ins/new/", sent)
    assert (again.status_code, "end that first" in again.content.decode()) == (422, True)
    with context.inside(a.place):
        made = Delegation.objects.get()
    assert owner.post(f"/settings/stand-ins/{made.pk}/end/")["Location"] == "/settings/stand-ins/"
    with context.inside(a.place):
        assert Delegation.objects.get().ended_at is not None
