"""Handing over: to one, in turn to several, on leaving, in the background; and back."""

import json
from typing import Any

import pytest

from tenants.identity.handing.actions import hand_over
from tenants.identity.handing.queries import owned_by
from tenants.identity.models import AuditEntry, User
from tenants.kernel import context
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Denied, Invalid
from tenants.records.actions import update_record
from tenants.records.jobs.actions import run_now, undo_job
from tenants.records.models import Job
from tenants.records.registry import type_named
from tests.factories import Twin, client_for, make
from tests.identity.access.conftest import Clerk
from tests.records.counting import queries_in
from tests.records.people import colleague

JSON = "application/json"


def plant(owner: User, contacts: int = 3, deals: int = 2) -> None:
    for number in range(contacts):
        make("contacts", first_name=f"C{number}", owner=owner.pk)
    for number in range(deals):
        make("deals", name=f"D{number}", owner=owner.pk)


def owners(name: str) -> list[str]:
    rows = type_named(name).model._default_manager.filter(deleted_at=None, owner__isnull=False).order_by("pk")
    return [str(row.owner) for row in rows.select_related("owner")]  # type: ignore[attr-defined]


def test_several_take_turns_and_it_goes_back(company: Twin) -> None:
    boss, gone = company.owner().actor, colleague("Rohan Patil")
    asha, kabir = colleague("Asha Rao"), colleague("Kabir Mehta")
    with context.acting(boss):
        plant(gone)
        before = owners("contacts"), owners("deals")

        job = hand_over(user=gone, to=[asha.pk, kabir.pk], by=boss)

        assert job
        assert (job.state, job.done, job.counts["updated"]) == ("done", 5, 5)
        assert owners("contacts")[-3:] == ["Asha Rao", "Kabir Mehta", "Asha Rao"]
        assert owners("deals")[-2:] == ["Kabir Mehta", "Asha Rao"]
        details = AuditEntry.objects.get(action="user.handed_over").details
        assert details["before"] == {"owner": gone.email, "records": {"contacts": 3, "deals": 2}}
        assert details["after"] == {"owner": [asha.email, kabir.email]}
        User.objects.filter(pk=gone.pk).update(is_active=False)
        undone = run_now(undo_job(job=job, by=boss, is_small=True))
        assert (undone.state, undone.counts["updated"]) == ("done", 5)
        assert (owners("contacts"), owners("deals")) == before


def test_undo_leaves_what_was_changed_since(company: Twin) -> None:
    boss, gone, asha, kabir = company.owner().actor, *(colleague(name) for name in ("Rohan P", "Asha R", "Kabir M"))
    with context.acting(boss):
        plant(gone, contacts=2, deals=0)
        job = hand_over(user=gone, to=[asha.pk], by=boss)
        moved = type_named("contacts").model._default_manager.filter(owner=asha).order_by("pk").first()
        update_record(record=moved, values={"owner": kabir.pk}, by=boss)

        undone = run_now(undo_job(job=job, by=boss, is_small=True))  # type: ignore[arg-type]

    assert (undone.counts["updated"], undone.counts["skipped"]) == (1, 1)
    assert owners("contacts")[-2:] == ["Kabir M", "Rohan P"]


def test_only_the_chosen_types(company: Twin) -> None:
    boss, gone, asha = company.owner().actor, colleague("Rohan Patil"), colleague("Asha Rao")
    with context.acting(boss):
        plant(gone)

        job = hand_over(user=gone, to=[asha.pk], types=["deals"], by=boss)

    assert job
    assert job.total == 2
    assert owners("contacts")[-3:] == ["Rohan Patil"] * 3


def test_leaving_and_keeping(company: Twin) -> None:
    boss, gone, asha = company.owner().actor, colleague("Rohan Patil"), colleague("Asha Rao")
    with context.acting(boss):
        plant(gone, contacts=1, deals=0)
        assert hand_over(user=gone, to=[], deactivate=True, by=boss) is None
        assert owners("contacts")[-1] == "Rohan Patil"
        gone.refresh_from_db()
        assert not gone.is_active
        assert hand_over(user=gone, to=[asha.pk], by=boss)
        assert owners("contacts")[-1] == "Asha Rao"


@pytest.mark.parametrize("case", ["nobody", "self", "stranger", "left", "type"])
def test_refused_and_nobody_is_out(company: Twin, case: str) -> None:
    boss, gone, asha = company.owner().actor, colleague("Rohan Patil"), colleague("Asha Rao")
    left = colleague("Late Person")
    User.objects.filter(pk=left.pk).update(is_active=False)
    given: dict[str, Any] = {
        "nobody": {"to": []}, "self": {"to": [gone.pk]}, "stranger": {"to": [company.contact_id]},
        "left": {"to": [left.pk]}, "type": {"to": [asha.pk], "types": ["rockets"]},
    }[case]  # fmt: skip

    with pytest.raises(Invalid) as refusal:
        hand_over(user=gone, **given, deactivate=case != "nobody", by=boss)

    assert list(refusal.value.errors) == ["types" if case == "type" else "to"]
    gone.refresh_from_db()
    assert (gone.is_active, Job.objects.count()) == (True, 0)


def test_what_the_actor_may_not_change_stays(company: Twin, clerk: Clerk) -> None:
    gone, asha, by = colleague("Rohan Patil"), colleague("Asha Rao"), clerk(view="all", edit="own")
    plant(gone, contacts=2, deals=0)

    with context.acting(by.actor):
        assert [(one.name, one.total, one.mine) for one in owned_by(gone.pk, by.actor)] == [("contacts", 2, 0)]
        assert hand_over(user=gone, to=[asha.pk], by=by.actor) is None
    with pytest.raises(Denied):
        hand_over(user=gone, to=[asha.pk], by=colleague("Maya Iyer", "manager").actor)
    assert owners("contacts")[-2:] == ["Rohan Patil"] * 2


def test_the_page_does_what_the_api_does(twins: tuple[Twin, Twin]) -> None:
    a = twins[0]
    with context.inside(a.place):
        gone, other, asha = colleague("Rohan Patil"), colleague("Farah Shaikh"), colleague("Asha Rao")
        plant(gone)
        plant(other)
        stranger = client_for(colleague("Maya Iyer", "manager"), a.host)
    api, browser = a.with_key(), a.signed_in()
    path = f"/api/v1/users/{gone.pk}"
    assert api.get(f"{path}/records").json()["items"] == [
        {"type": "contacts", "total": 3, "movable": 3}, {"type": "deals", "total": 2, "movable": 2},
    ]  # fmt: skip

    body = json.dumps({"to": [str(asha.pk)], "deactivate": True})
    by_api = api.post(f"{path}/handover", body, content_type=JSON)
    sent = {"mode": "give", "to": [str(asha.pk)], "types": ["contacts", "deals"]}
    by_page = browser.post(f"/settings/people/{other.pk}/handover/?leaves=1", sent)

    assert (by_api.status_code, by_api.json()["job"]["counts"]) == (200, {"updated": 5})
    assert (by_page.status_code, by_page["Location"]) == (302, "/settings/people/")
    with context.inside(a.place):
        assert (owners("contacts")[-6:], owners("deals")[-4:]) == (["Asha Rao"] * 6, ["Asha Rao"] * 4)
        assert User.objects.filter(pk__in=[gone.pk, other.pk], is_active=True).count() == 0
    assert api.get(f"{path}/records").json() == {"items": []}
    refused = browser.post(f"/settings/people/{asha.pk}/handover/?leaves=1", {"mode": "give", "types": ["contacts"]})
    assert (refused.status_code, "or leave them as they are" in refused.content.decode()) == (422, True)
    assert stranger.get(f"/settings/people/{asha.pk}/handover/").status_code == 403
    assert stranger.get(f"{path}/records").status_code == 403
    assert twins[1].with_key().get(f"{path}/records").status_code == 404


def test_counting_costs_the_same_for_any_number(company: Twin, by: Actor) -> None:
    gone = colleague("Rohan Patil")
    plant(gone, contacts=1, deals=1)

    def cost() -> int:
        return queries_in(lambda: owned_by(gone.pk, by))

    one = cost()
    plant(gone, contacts=3, deals=3)
    assert cost() == one
