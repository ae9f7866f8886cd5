"""Another address: new hosts at once, the former ones lead on, and come back to whom they were."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tenants.directory.actions import claim_custom_host, verify_custom_host
from tenants.directory.errors import SlugTaken
from tenants.directory.hosts import _forget, resolve
from tenants.directory.models import Company, Domain, Tombstone
from tenants.directory.queries import company_tenant
from tenants.directory.tombstones import bury_moved_hosts
from tenants.fleet.lifecycle.closing import retire_company
from tenants.fleet.lifecycle.renaming import rename_company
from tenants.identity.models import AuditEntry
from tenants.kernel.actors import Actor
from tenants.kernel.errors import Conflict, Invalid
from tests.directory.conftest import zone  # noqa: F401 - a fixture
from tests.factories import Twin

OLD, NEW = "ending.alpha.localhost", "begun.alpha.localhost"
URL = f"http://{NEW}:8000"


@pytest.fixture
def renamed(ending: Company, by: Actor) -> Company:
    found = rename_company(company=ending, slug="begun", by=by)
    _forget()
    return found


def at(host: str, **headers: str) -> Client:
    return Client(headers={"host": host} | headers)


def test_new_host_works_and_links_name_it(renamed: Company) -> None:
    assert at(NEW).get("/sign-in/").status_code == 200
    assert company_tenant(renamed.pk).base_url == URL
    line = AuditEntry.objects.get(action="company.renamed")
    assert (line.details["former"], line.details["slug"]) == ("ending", "begun")


def test_former_host_leads_readers_on_with_path_and_query(renamed: Company) -> None:
    read = at(OLD).get("/contacts/?q=a%20b&page=2")
    sent = at(OLD).post("/contacts/new/")

    assert (read.status_code, read["Location"]) == (301, f"{URL}/contacts/?q=a%20b&page=2")
    assert "no-store" in read["Cache-Control"]
    assert (sent.status_code, sent["Location"]) == (308, f"{URL}/contacts/new/")
    assert at(OLD).head("/").status_code == 301


def test_programs_and_hooks_go_on_at_the_former_host(renamed: Company) -> None:
    statuses = [at(OLD).get(path).status_code for path in ("/api/v1/contacts", "/scim/v2/Users")]

    assert statuses == [at(NEW).get(path).status_code for path in ("/api/v1/contacts", "/scim/v2/Users")] == [401, 401]
    assert at(OLD).post("/hooks/exotel/none").status_code == 404


def test_open_pages_at_the_former_host_are_led_on_as_wholes(renamed: Company) -> None:
    shown = {"hx-request": "true", "hx-current-url": f"http://{OLD}:8000/contacts/?q=x"}
    part = at(OLD, **shown).get("/contacts/?part=1")

    assert (part.status_code, part["HX-Redirect"]) == (204, f"{URL}/contacts/?q=x")
    assert at(OLD, **shown).post("/contacts/new/").status_code not in (301, 308)


def test_renaming_back_takes_the_former_host_back(renamed: Company, by: Actor) -> None:
    rename_company(company=renamed, slug="ending", by=by)
    _forget()

    assert at(OLD).get("/sign-in/").status_code == 200
    assert at(NEW).get("/")["Location"] == f"http://{OLD}:8000/"
    assert Domain.objects.filter(company=renamed, is_canonical=True).count() == 1


def test_after_its_time_the_former_host_is_kept_back_for_its_company(
    renamed: Company, twins: tuple[Twin, Twin], by: Actor
) -> None:
    Domain.objects.filter(host=OLD).update(moved_until=timezone.now() - timedelta(seconds=1))
    _forget()
    assert resolve(OLD) is None

    assert bury_moved_hosts() == 1
    assert Tombstone.objects.get(host=OLD).company_id == renamed.pk
    with pytest.raises(SlugTaken):
        rename_company(company=twins[0].company, slug="ending", by=by)
    assert rename_company(company=renamed, slug="ending", by=by).slug == "ending"
    assert not Tombstone.objects.filter(host=OLD).exists()


@pytest.mark.parametrize(
    ("slug", "error"), [("works", SlugTaken), ("www", SlugTaken), ("A b", Invalid), ("", Invalid), ("x" * 41, Invalid)]
)
def test_bad_or_taken_slugs_are_refused_and_nothing_changes(
    ending: Company, by: Actor, slug: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        rename_company(company=ending, slug=slug, by=by)

    ending.refresh_from_db()
    assert ending.slug == "ending"
    assert list(Domain.objects.filter(company=ending).values_list("host", "moved_until")) == [(OLD, None)]


def test_a_closed_company_is_not_renamed(ending: Company, by: Actor) -> None:
    retire_company(company=ending, typed_name=ending.name, reason="Left", by=by)

    with pytest.raises(Conflict):
        rename_company(company=ending, slug="begun", by=by)


def test_a_domain_of_its_own_stays_the_one_in_use(ending: Company, by: Actor, zone: Any) -> None:  # noqa: F811
    own = claim_custom_host(agency=ending.agency, company=ending, raw_host="crm.client.example")
    zone["_crm-verify.crm.client.example"] = [own.token]
    verify_custom_host(domain=own)

    rename_company(company=ending, slug="begun", by=by)

    _forget()
    assert company_tenant(ending.pk).canonical_host == "crm.client.example"
    assert at(NEW).get("/")["Location"] == "http://crm.client.example:8000/"
    assert at(OLD).get("/").status_code == 301


def test_command_renames(ending: Company) -> None:
    call_command("company", "rename", "alpha/ending", "begun")

    ending.refresh_from_db()
    assert ending.slug == "begun"
