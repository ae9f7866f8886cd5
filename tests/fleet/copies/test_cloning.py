"""A company copied: the same rows and files, nothing that opens a door."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from tenants.directory.errors import SlugTaken
from tenants.directory.models import Agency, Company, Membership
from tenants.directory.queries import canonical_host
from tenants.fleet.copies.actions import clone_company
from tenants.fleet.models import Schema
from tenants.fleet.operations.running import run
from tenants.identity.models import ApiKey, AuditEntry, User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.secrets import Secret
from tenants.records.fields import purpose_of
from tenants.records.models import Change, CustomField, File
from tenants.records.registry import type_named
from tests.factories import client_for
from tests.fleet.copies.conftest import PIN


def clone(company: Company, slug: str, **more: Any) -> Company:
    done = run(clone_company(company=company, slug=slug, by=robot(), **more))
    assert (done.state, done.error) == ("done", "")
    return Company.objects.select_related("agency").get(pk=done.result["company_id"])


def names(type_name: str) -> list[str]:
    return [str(row) for row in type_named(type_name).model._default_manager.order_by("pk")]


def test_a_clone_has_the_same_records_history_and_files(filled: Company) -> None:
    copy = clone(filled, "second")

    with context.inside(filled.place):
        wanted = [names("contacts"), names("deals"), Change.objects.count(), File.objects.get().key]
    with context.inside(copy.place):
        assert [names("contacts"), names("deals"), Change.objects.count(), File.objects.get().key] == wanted
        with default_storage.open(File.objects.get().key) as file:
            assert file.read() == b"signed by both"
    assert (copy.status, copy.name, copy.is_sandbox) == ("active", "Filled Works (copy)", False)
    assert Schema.objects.get(name=copy.schema_name).state == "claimed"


def test_doors_of_the_first_are_shut_at_the_second(filled: Company) -> None:
    copy = clone(filled, "second")

    with context.inside(copy.place):
        assert ApiKey.objects.count() == 0
        assert [user.has_usable_password() for user in User.objects.all()] == [False, False]
        assert AuditEntry.objects.filter(chain=filled.place.salt).count() == 0
        assert [entry.action for entry in AuditEntry.objects.all()] == ["company.copied_from"]
    assert Membership.objects.filter(company=copy).count() == 2


def test_confidential_values_are_under_keys_of_the_clone(filled: Company) -> None:
    copy = clone(filled, "second")

    tokens = []
    for place in (filled.place, copy.place):
        with context.inside(place):
            contact = type_named("contacts").model._default_manager.get()
            tokens.append(contact.custom["pin"])
            assert reveal(contact) == PIN
    assert tokens[0] != tokens[1]
    assert tokens[0].split(".")[1] != tokens[1].split(".")[1]


def reveal(contact: Any) -> str:
    return Secret(contact.custom["pin"], purpose_of(contact, "pin")).reveal()


def test_the_shape_alone_has_no_records_and_one_person(filled: Company) -> None:
    copy = clone(filled, "shaped", with_records=False)

    with context.inside(copy.place):
        assert [names("contacts"), names("deals"), File.objects.count()] == [[], [], 0]
        assert [user.email for user in User.objects.all()] == ["owner@filled.example"]
        assert [field.key for field in CustomField.objects.all()] == ["pin"]
        assert type_named("stages").model._default_manager.count() == 9


def test_pages_of_the_clone_open(filled: Company) -> None:
    copy = clone(filled, "second")

    host = canonical_host("company", copy.agency, copy)
    with context.inside(copy.place):
        browser: Client = client_for(User.objects.get(email="owner@filled.example"), host)
    page = browser.get("/contacts/")

    assert (page.status_code, b"Priya Nair" in page.content) == (200, True)


def test_one_slug_is_had_once(filled: Company) -> None:
    with pytest.raises(SlugTaken):
        clone_company(company=filled, slug="filled", by=robot())
    with pytest.raises(Invalid):
        clone_company(company=filled, slug="No Slug", by=robot())


def test_two_copies_at_once_are_one_and_a_conflict(filled: Company) -> None:
    clone_company(company=filled, slug="second", by=robot())
    with pytest.raises(Conflict):
        clone_company(company=filled, slug="third", by=robot())


def test_a_copy_that_fails_leaves_nothing(filled: Company, settled: Agency) -> None:
    operation = clone_company(company=filled, slug="second", by=robot())
    Company.objects.filter(pk=filled.pk).update(name="Filled")
    operation.arguments["days"] = "many"
    operation.arguments["copy"] = "sandbox"
    operation.save()
    schemas = Schema.objects.count()

    assert run(operation).state == "failed"
    assert (Company.objects.filter(slug="second").count(), Schema.objects.count()) == (0, schemas)
