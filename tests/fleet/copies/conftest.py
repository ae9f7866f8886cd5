"""Copies are made on connections of their own, so these tests commit, and take away what they made."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenants.directory import hosts
from tenants.directory.models import Agency, Company
from tenants.fleet.actions import create_company
from tenants.fleet.copies.target import take_away
from tenants.fleet.models import Operation
from tenants.identity.actions import add_user, create_api_key
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.custom.actions import create_custom_field
from tenants.records.models import File
from tenants.records.registry import type_named
from tests.factories import PASSWORD, Twin, make

PIN = "4711-0815"


@pytest.fixture
def settled(_twins: tuple[Twin, Twin], django_db_blocker: Any) -> Iterator[Agency]:
    """In public, outside any transaction."""
    with django_db_blocker.unblock(), context.public(actor=robot()):
        before = list(Company.objects.values_list("pk", flat=True))
        hosts._forget()
        yield Agency.objects.get(slug="alpha")
        for made in Company.objects.exclude(pk__in=before).order_by("-pk"):
            take_away(made)
        Operation.objects.all().delete()
        hosts._forget()


@pytest.fixture
def filled(settled: Agency) -> Company:
    return make_filled(settled, "filled")


def make_filled(agency: Agency, slug: str) -> Company:
    """A company with some of everything that matters for a copy: records, history, a file, secrets, people."""
    company = create_company(
        agency=agency, name="Filled Works", slug=slug, country="IN", owner_email="owner@filled.example", by=robot()
    )
    with context.inside(company.place, actor=robot()):
        owner = User.objects.get(email="owner@filled.example")
        owner.set_password(PASSWORD)
        owner.save()
        create_api_key(user=owner, name="Program", by=robot())
        add_user(email="rep@filled.example", name="Rep", role="sales-rep", password=PASSWORD)
        create_custom_field(record_type=type_named("contacts"), label="Pin", kind="secret", key="pin", by=robot())
        account = make("accounts", name="Sole Traders", city="Pune", country="IN")
        contact = make("contacts", first_name="Priya", last_name="Nair", account=account.pk, **{"custom.pin": PIN})
        make("deals", name="Rooftop", account=account.pk, contact=contact.pk, amount="1840000")
        keep_file(contact.pk, b"signed by both")
    return company


def keep_file(record_id: Any, content: bytes) -> None:
    key = default_storage.save("files/aa/contract", ContentFile(content))
    File.objects.create(
        record_type="contacts", record_id=record_id, name="contract.pdf", key=key, content_type="application/pdf",
        size=len(content), digest="0" * 64, uploader_name="Rep",
    )  # fmt: skip
