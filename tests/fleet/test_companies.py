"""Making a company: everything or nothing, and one winner for a slug."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection

from tenants.directory.errors import SlugTaken
from tenants.directory.models import Company, Domain
from tenants.fleet import actions
from tenants.fleet.actions import create_company
from tenants.fleet.models import Schema
from tenants.fleet.pool import drop_schema
from tenants.identity.models import Role, User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.modules import Module, modules
from tests.factories import Twin


def company_values(**values: Any) -> dict[str, Any]:
    return {"name": "New", "slug": "new-one", "country": "IN", "owner_email": "o@new.example", "by": robot()} | values


def test_new_company_has_its_roles_and_its_owner(public: None, twins: tuple[Twin, Twin]) -> None:
    made = create_company(agency=twins[0].agency, **company_values())

    with context.inside(made.place):
        owner = User.objects.select_related("role").get()
        assert (owner.email, owner.role.slug if owner.role else "") == ("o@new.example", "owner")
        assert Role.objects.filter(slug="sales-rep").exists()
    assert made.status == "active"
    assert Schema.objects.get(name=made.schema_name).state == "claimed"


def test_failing_seed_leaves_nothing_behind(
    public: None, twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(facts: Mapping[str, str]) -> None:
        User.objects.update(name="half done")
        raise RuntimeError("seed failed")

    before = (
        Company.objects.count(),
        Domain.objects.count(),
        list(Schema.objects.order_by("pk").values_list("pk", "state")),
    )
    monkeypatch.setattr(actions, "modules", lambda: (*modules(), Module(name="bad", label="Bad", seed=fail)))

    with pytest.raises(RuntimeError, match="seed failed"):
        create_company(agency=twins[0].agency, **company_values())

    after = (
        Company.objects.count(),
        Domain.objects.count(),
        list(Schema.objects.order_by("pk").values_list("pk", "state")),
    )
    assert after == before


def test_slug_is_free_in_another_agency(public: None, twins: tuple[Twin, Twin]) -> None:
    made = create_company(agency=twins[1].agency, **company_values(slug="only-a"))
    twin = create_company(agency=twins[0].agency, **company_values(slug="only-a"))

    assert made.schema_name != twin.schema_name
    with pytest.raises(SlugTaken):
        create_company(agency=twins[0].agency, **company_values(slug="only-a"))


def in_threads(*jobs: Callable[[], Any]) -> list[Any]:
    """Each job on a connection of its own, committed, all started together; results or errors."""
    found: list[Any] = [None] * len(jobs)
    start = threading.Barrier(len(jobs))

    def run(number: int) -> None:
        try:
            start.wait(10)
            with context.public(actor=robot()):
                found[number] = jobs[number]()
        except Exception as error:  # what went wrong is the result
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def _take_away(slugs: list[str]) -> None:
    for company in Company.objects.filter(slug__in=slugs):
        Domain.objects.filter(company=company).delete()
        company.delete()
        drop_schema(company.schema_name)


def test_slug_asked_for_twice_at_once_has_one_winner(twins: tuple[Twin, Twin]) -> None:
    def job(slug: str) -> Callable[[], Company]:
        return lambda: create_company(agency=twins[0].agency, **company_values(slug=slug))

    try:
        found = in_threads(job("race"), job("race"), job("race"), job("race-other"))
        made = [one for one in found if isinstance(one, Company)]
        refused = [one for one in found if isinstance(one, SlugTaken)]
        assert (len(made), len(refused)) == (2, 2), found
        assert sorted(one.slug for one in made) == ["race", "race-other"]
        assert len({one.schema_name for one in made}) == 2
    finally:
        in_threads(lambda: _take_away(["race", "race-other"]))
