"""Sharing one record: who may, with whom, how far, and what is written down."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.identity.models import AuditEntry, Delegation, Role, Team, TeamMember, User
from tenants.identity.receivers import note_share
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, Denied, Invalid
from tenants.records.models import Change, Event, Share
from tenants.records.queries import may_touch
from tenants.records.registry import type_named
from tenants.records.sharing.actions import MOST_SHARES, share_record, unshare_record
from tenants.records.sharing.queries import may_share, offers, shares_of, short_of
from tests.factories import Twin, make
from tests.records.people import colleague

OWN = {"contacts": {"view": "own", "edit": "own", "delete": "own"}}


def narrow(name: str, *, grants: dict[str, list[str]] | None = None) -> Any:
    """Somebody who sees and edits their own contacts only."""
    slug = f"own-{name.lower().split()[0]}"
    role = Role.objects.create(
        name=f"Own {name}", slug=slug, reaches=OWN, grants=grants or {"*": ["view", "create", "edit"], "settings": []}
    )
    return colleague(name, role.slug)


def fresh(user: Any) -> Any:
    return User.objects.select_related("role").get(pk=user.pk).actor


def a_contact(owner: Any) -> Any:
    return make("contacts", first_name="Priya", last_name="Nair", owner=owner.pk)


def test_share_opens_to_look_and_then_to_edit(company: Twin) -> None:
    asha, kabir = narrow("Asha Rao"), narrow("Kabir Mehta")
    contact = a_contact(asha)
    assert not may_touch(fresh(kabir), "view", contact)

    share, is_new = share_record(record=contact, user_id=kabir.pk, by=asha.actor)

    assert is_new
    assert [may_touch(fresh(kabir), verb, contact) for verb in ("view", "edit", "delete")] == [True, False, False]
    again, is_new = share_record(record=contact, user_id=kabir.pk, may_edit=True, by=asha.actor)
    assert (again.pk, is_new) == (share.pk, False)
    assert [may_touch(fresh(kabir), verb, contact) for verb in ("view", "edit", "delete")] == [True, True, False]


def test_team_share_goes_for_those_in_the_team(company: Twin) -> None:
    asha, kabir, meera = narrow("Asha Rao"), narrow("Kabir Mehta"), narrow("Meera Shah")
    team = Team.objects.create(name="Roofs")
    TeamMember.objects.create(team=team, user=kabir)
    contact = a_contact(asha)

    share_record(record=contact, team_id=team.pk, by=asha.actor)

    assert [may_touch(fresh(one), "view", contact) for one in (kabir, meera)] == [True, False]


def test_taken_away_it_is_closed(company: Twin) -> None:
    asha, kabir = narrow("Asha Rao"), narrow("Kabir Mehta")
    contact = a_contact(asha)
    share, _new = share_record(record=contact, user_id=kabir.pk, by=asha.actor)

    unshare_record(record=contact, share=share, by=asha.actor)
    unshare_record(record=contact, share=share, by=asha.actor)

    assert not may_touch(fresh(kabir), "view", contact)
    assert not Share.objects.exists()
    assert [one.action for one in Change.objects.filter(record_id=contact.pk).order_by("created_at")] == [
        "created", "shared", "unshared",
    ]  # fmt: skip


def test_history_and_audit_say_with_whom(company: Twin) -> None:
    asha, kabir = narrow("Asha Rao"), narrow("Kabir Mehta")
    contact = a_contact(asha)
    share, _new = share_record(record=contact, user_id=kabir.pk, by=asha.actor)
    share_record(record=contact, user_id=kabir.pk, may_edit=True, by=asha.actor)
    unshare_record(record=contact, share=share, by=asha.actor)

    for event in [*Event.objects.filter(name__endswith="shared"), *Event.objects.filter(name__endswith="shared")]:
        note_share(event)

    looks = {"id": str(kabir.pk), "name": "Kabir Mehta (may look)"}
    edits = {"id": str(kabir.pk), "name": "Kabir Mehta (may edit)"}
    lines = Change.objects.filter(action__endswith="shared").order_by("created_at", "id")
    assert [line.changes["shared_with"] for line in lines] == [[None, looks], [looks, edits], [edits, None]]
    found = AuditEntry.objects.filter(action__startswith="records.").order_by("number")
    assert [(one.action, one.actor_name, one.details["after"]) for one in found] == [
        ("records.shared", "Asha Rao", "Kabir Mehta (may look)"),
        ("records.shared", "Asha Rao", "Kabir Mehta (may edit)"),
        ("records.unshared", "Asha Rao", ""),
    ]


def test_said_twice_is_written_once(company: Twin) -> None:
    asha, kabir = narrow("Asha Rao"), narrow("Kabir Mehta")
    contact = a_contact(asha)

    share_record(record=contact, user_id=kabir.pk, by=asha.actor)
    share_record(record=contact, user_id=kabir.pk, by=asha.actor)

    assert (Share.objects.count(), Change.objects.filter(action="shared").count()) == (1, 1)


@pytest.mark.parametrize("may_edit", [False, True])
def test_only_who_may_edit_passes_on(company: Twin, may_edit: bool) -> None:
    asha, kabir, meera = narrow("Asha Rao"), narrow("Kabir Mehta"), narrow("Meera Shah")
    contact = a_contact(asha)
    share_record(record=contact, user_id=kabir.pk, may_edit=may_edit, by=asha.actor)

    assert may_share(fresh(kabir), contact) is may_edit
    if may_edit:
        share_record(record=contact, user_id=meera.pk, may_edit=True, by=fresh(kabir))
        return
    with pytest.raises(Denied):
        share_record(record=contact, user_id=meera.pk, by=fresh(kabir))
    assert Share.objects.count() == 1


def test_what_is_lent_cannot_be_passed_on(company: Twin) -> None:
    asha, kabir, meera = narrow("Asha Rao"), narrow("Kabir Mehta"), narrow("Meera Shah")
    contact = a_contact(asha)
    Delegation.objects.create(lender=asha, borrower=kabir, until=timezone.now() + timedelta(days=1))
    assert may_touch(fresh(kabir), "edit", contact)

    with pytest.raises(Denied):
        share_record(record=contact, user_id=meera.pk, may_edit=True, by=fresh(kabir))

    assert not Share.objects.exists()


def test_lent_verbs_do_not_make_an_own_look_an_edit(company: Twin) -> None:
    """A share to edit for somebody whose role may only look, who borrows the verb: still not theirs to pass on."""
    asha = narrow("Asha Rao")
    looker = narrow("Lena Look", grants={"*": ["view"], "settings": []})
    contact = a_contact(asha)
    share_record(record=contact, user_id=looker.pk, may_edit=True, by=asha.actor)
    Delegation.objects.create(lender=narrow("Meera Shah"), borrower=looker, until=timezone.now() + timedelta(days=1))

    assert not may_share(fresh(looker), contact)


def test_one_gives_up_ones_own(company: Twin) -> None:
    asha, kabir, meera = narrow("Asha Rao"), narrow("Kabir Mehta"), narrow("Meera Shah")
    contact = a_contact(asha)
    mine, _new = share_record(record=contact, user_id=kabir.pk, by=asha.actor)
    other, _new = share_record(record=contact, user_id=meera.pk, by=asha.actor)

    with pytest.raises(Denied):
        unshare_record(record=contact, share=other, by=fresh(kabir))
    unshare_record(record=contact, share=mine, by=fresh(kabir))

    assert list(Share.objects.values_list("user_id", flat=True)) == [meera.pk]


def test_bad_targets_are_named(company: Twin) -> None:
    asha, kabir = narrow("Asha Rao"), narrow("Kabir Mehta")
    User.objects.filter(pk=kabir.pk).update(is_active=False)
    contact = a_contact(asha)
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "with"), ({"user_id": asha.pk, "team_id": asha.pk}, "with"), ({"user_id": asha.pk}, "user_id"),
        ({"user_id": kabir.pk}, "user_id"), ({"team_id": asha.pk}, "team_id"),
    ]  # fmt: skip

    for given, field in cases:
        with pytest.raises(Invalid) as refused:
            share_record(record=contact, **given, by=asha.actor)
        assert list(refused.value.errors) == [field]
    assert not Share.objects.exists()


def test_common_records_have_nothing_to_share(company: Twin) -> None:
    stage = type_named("stages").model._default_manager.first()

    with pytest.raises(Conflict):
        share_record(record=stage, user_id=colleague("Kabir Mehta").pk, by=robot())


def test_no_more_than_can_be(company: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_SHARES == 100
    monkeypatch.setattr("tenants.records.sharing.actions.MOST_SHARES", 1)
    asha, kabir, meera = narrow("Asha Rao"), narrow("Kabir Mehta"), narrow("Meera Shah")
    contact = a_contact(asha)
    share_record(record=contact, user_id=kabir.pk, by=asha.actor)

    with pytest.raises(Conflict):
        share_record(record=contact, user_id=meera.pk, by=asha.actor)


def test_note_tells_where_a_share_opens_less(company: Twin) -> None:
    asha = narrow("Asha Rao")
    blind = narrow("Bina Blind", grants={"*": [], "settings": []})
    looker = narrow("Lena Look", grants={"*": ["view"], "settings": []})
    contact = a_contact(asha)
    for user in (blind, looker, narrow("Kabir Mehta")):
        share_record(record=contact, user_id=user.pk, may_edit=True, by=asha.actor)

    told = {str(one.user): short_of(one, type_named("contacts")) for one in shares_of(contact)}

    assert told == {
        "Bina Blind": "Opens nothing: Own Bina Blind may not see contacts.",
        "Lena Look": "To look only: Own Lena Look may not edit contacts.",
        "Kabir Mehta": "",
    }


def test_offers_are_teams_and_others(company: Twin) -> None:
    asha = narrow("Asha Rao")
    narrow("Ashok Jain")
    Team.objects.create(name="Ash lane")

    assert [(one.name, one.is_team) for one in offers(asha.actor, "ash")] == [("Ash lane", True), ("Ashok Jain", False)]
