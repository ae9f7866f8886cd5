"""Who hears of a record."""

from typing import Any

import pytest

from tenants.crm.models import Contact
from tenants.kernel.errors import Denied
from tenants.records.actions import update_record
from tenants.records.follows.actions import follow, unfollow
from tenants.records.follows.queries import followers_of, follows
from tests.factories import Twin
from tests.records.people import colleague


@pytest.fixture
def contact(company: Twin) -> Any:
    return Contact.objects.get(pk=company.contact_id)


def test_follow_once_and_no_longer(contact: Any) -> None:
    user = colleague("Kabir Mehta")

    follow(record=contact, by=user.actor)
    follow(record=contact, by=user.actor)
    assert list(followers_of(contact)) == [user]
    unfollow(record=contact, by=user.actor)
    assert (list(followers_of(contact)), follows(contact, user.pk)) == ([], False)


def test_the_owner_follows_as_long_as_it_is_theirs(contact: Any, by: Any) -> None:
    first, second = colleague("Asha Rao"), colleague("Kabir Mehta")

    contact = update_record(record=contact, values={"owner": first.pk}, by=by)
    assert list(followers_of(contact)) == [first]
    contact = update_record(record=contact, values={"owner": second.pk}, by=by)
    assert list(followers_of(contact)) == [second]


def test_who_left_hears_nothing(contact: Any) -> None:
    user = colleague("Kabir Mehta")
    follow(record=contact, by=user.actor)
    user.is_active = False
    user.save()

    assert list(followers_of(contact)) == []


def test_only_people_follow(contact: Any, by: Any) -> None:
    with pytest.raises(Denied):
        follow(record=contact, by=by)


def test_the_api(twins: tuple[Twin, Twin]) -> None:
    path = f"/api/v1/follows/contacts/{twins[0].contact_id}"
    api = twins[0].with_key()

    assert api.put(path).status_code == 204
    assert api.get(path).json()["total"] == 1
    assert api.delete(path).status_code == 204
    assert api.get(path).json() == {"items": [], "next": None, "total": 0}
    assert twins[1].with_key().put(path).status_code == 404
