"""Sandboxes: nothing leaves them, they are filled anew and taken away, and what they tried out comes back."""

from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from tenants.crm.actions.pipelines import add_pipeline
from tenants.crm.models import Pipeline, Stage
from tenants.directory.models import Company
from tenants.fleet.copies.actions import make_sandbox, refresh_sandbox
from tenants.fleet.copies.tasks import expire_copies
from tenants.fleet.models import Operation
from tenants.fleet.operations.running import run
from tenants.identity.models import AuditEntry, Role, User
from tenants.identity.roles.actions import copy_role
from tenants.identity.sandboxes.queries import kept_mails
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Conflict
from tenants.kernel.mail import mail_folder
from tenants.kernel.outbound import StaysInside, fetch
from tenants.records.actions import update_record
from tenants.records.custom.actions import create_custom_field
from tenants.records.deploying.actions import deploy
from tenants.records.deploying.comparing import differences
from tenants.records.jobs.actions import run_now, undo_job
from tenants.records.models import CustomField, Tag
from tenants.records.registry import type_named
from tenants.records.tagging.actions import create_tag, delete_tag, update_tag
from tests.factories import client_for, make
from tests.fleet.copies.test_cloning import names


@pytest.fixture
def sandbox(filled: Company) -> Company:
    with context.inside(filled.place, actor=robot()):
        create_tag(name="Old", by=robot())
        create_tag(name="Both", by=robot())
    done = run(make_sandbox(company=filled, slug="tries", by=robot()))
    assert (done.state, done.error) == ("done", "")
    return Company.objects.select_related("agency", "sandbox_of").get(slug="tries")


def test_a_sandbox_has_the_records_and_says_what_it_is(filled: Company, sandbox: Company) -> None:
    with context.inside(sandbox.place):
        assert names("contacts") == ["Priya Nair"]
        assert "pin" not in type_named("contacts").model._default_manager.get().custom
        browser = client_for(User.objects.get(email="owner@filled.example"), "tries.alpha.localhost")
    page = browser.get("/contacts/").content.decode()

    assert "Sandbox of <b>Filled Works</b>" in page
    assert (sandbox.is_sandbox, sandbox.sandbox_of_id, (sandbox.expires_at - timezone.now()).days) == (
        True, filled.pk, 29,
    )  # fmt: skip


def test_mails_of_a_sandbox_are_kept_inside(sandbox: Company, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tenants.kernel.mail.Backend"  # tests get another one otherwise
    before = list(mail_folder().glob("*")) if mail_folder().exists() else []
    with context.inside(sandbox.place):
        EmailMessage("Hello", "Come in", "from@x.example", ["somebody@customer.example"]).send()
        found = kept_mails()

    assert [(one.subject, one.to, one.text.strip()) for one in found] == [
        ("Hello", "somebody@customer.example", "Come in")
    ]
    assert (list(mail_folder().glob("*")) if mail_folder().exists() else []) == before


def test_nothing_is_sent_out_of_a_sandbox(sandbox: Company) -> None:
    with context.inside(sandbox.place), pytest.raises(StaysInside):
        fetch("POST", "https://example.com/hook")


def test_a_sandbox_is_filled_anew(filled: Company, sandbox: Company) -> None:
    with context.inside(sandbox.place, actor=robot()):
        make("contacts", first_name="Tried", last_name="Out")
    with context.inside(filled.place, actor=robot()):
        make("contacts", first_name="Newer", last_name="Person")

    done = run(refresh_sandbox(sandbox=sandbox, by=robot()))

    assert (done.state, done.error) == ("done", "")
    with context.inside(Company.objects.get(slug="tries").place):
        assert sorted(names("contacts")) == ["Newer Person", "Priya Nair"]


def test_a_sandbox_ends_with_its_time(filled: Company, sandbox: Company) -> None:
    Company.objects.filter(pk=sandbox.pk).update(expires_at=timezone.now())
    expire_copies.apply()
    for operation in Operation.objects.filter(kind="drop_sandbox"):
        assert run(operation).state == "done"

    assert [one.slug for one in Company.objects.filter(agency=filled.agency, slug__in=["tries", "filled"])] == [
        "filled"
    ]


def test_a_sandbox_is_not_copied(sandbox: Company) -> None:
    with pytest.raises(Conflict):
        make_sandbox(company=sandbox, slug="deeper", by=robot())


# Bringing changes back


def told(sandbox: Company) -> list[tuple[str, str, str, bool]]:
    return [(one.part.name, one.verb, one.title, one.is_conflict) for one in differences(sandbox)]


def test_nothing_differs_right_after_the_copy(filled: Company, sandbox: Company) -> None:
    with context.inside(filled.place, actor=robot()):
        assert told(sandbox) == []


def try_out(sandbox: Company) -> None:
    with context.inside(sandbox.place, actor=robot()):
        create_custom_field(record_type=type_named("deals"), label="Roof", kind="text", key="roof", by=robot())
        update_tag(tag=Tag.objects.get(name="Old"), name="Renamed", by=robot())
        delete_tag(tag=Tag.objects.get(name="Both"), by=robot())
        copy_role(role=Role.objects.get(slug="manager"), name="Regional manager", by=robot())
        pipeline = add_pipeline(name="Service", by=robot())
        first = Stage.objects.filter(pipeline=pipeline).order_by("position").first()
        update_record(record=first, values={"probability": 7}, by=robot())


def test_what_was_tried_out_is_listed_and_comes_back(filled: Company, sandbox: Company) -> None:
    try_out(sandbox)

    with context.inside(filled.place, actor=robot()):
        found = told(sandbox)
        job = run_now(deploy(sandbox=sandbox, chosen=[one.id for one in differences(sandbox)], by=robot()))

        assert (job.state, list(job.lines.values_list("name", "message"))) == ("done", [])
        assert [one for one in found if one[0] != "stages"] == [
            ("own_fields", "added", "Roof (Deals)", False),
            ("tags", "changed", "Renamed", False),
            ("roles", "added", "Regional manager", False),
            ("pipelines", "added", "Service", False),
            ("tags", "removed", "Both", False),
        ]
        assert (
            CustomField.objects.filter(key="roof").count(),
            Role.objects.filter(name="Regional manager").count(),
        ) == (1, 1)
        assert sorted(tag.name for tag in Tag.objects.all()) == ["Renamed"]
        service = Stage.objects.filter(pipeline__name="Service").order_by("position")
        assert (service.count(), service[0].probability) == (9, 7)
        assert told(sandbox) == []
        assert AuditEntry.objects.filter(action="sandbox.deployed").count() == 1


def test_a_deployment_is_undone(filled: Company, sandbox: Company) -> None:
    try_out(sandbox)

    with context.inside(filled.place, actor=robot()):
        job = run_now(deploy(sandbox=sandbox, chosen=[one.id for one in differences(sandbox)], by=robot()))
        undone = run_now(undo_job(job=job, by=robot()))

        assert (undone.state, list(undone.lines.values_list("name", "message"))) == ("done", [])
        assert sorted(tag.name for tag in Tag.objects.all()) == ["Both", "Old"]
        assert Role.objects.filter(name="Regional manager").count() == 0
        assert Pipeline.objects.filter(name="Service", deleted_at=None).count() == 0


def test_what_both_changed_is_a_conflict(filled: Company, sandbox: Company) -> None:
    with context.inside(sandbox.place, actor=robot()):
        update_tag(tag=Tag.objects.get(name="Old"), name="Theirs", by=robot())
        delete_tag(tag=Tag.objects.get(name="Both"), by=robot())
    with context.inside(filled.place, actor=robot()):
        update_tag(tag=Tag.objects.get(name="Old"), name="Ours", by=robot())
        update_tag(tag=Tag.objects.get(name="Both"), tone="good", by=robot())

        assert told(sandbox) == [("tags", "changed", "Theirs", True), ("tags", "removed", "Both", True)]


def test_what_was_made_on_both_sides_is_one_thing(filled: Company, sandbox: Company) -> None:
    for company, tone in ((sandbox, "good"), (filled, "bad")):
        with context.inside(company.place, actor=robot()):
            create_tag(name="Solar", tone=tone, by=robot())

    with context.inside(filled.place, actor=robot()):
        assert told(sandbox) == [("tags", "changed", "Solar", True)]


def test_stale_choices_are_refused(filled: Company, sandbox: Company) -> None:
    with context.inside(filled.place, actor=robot()), pytest.raises(Conflict):
        deploy(sandbox=sandbox, chosen=["tags:none"], by=robot())


def test_nobody_leads_out_of_a_sandbox(sandbox: Company) -> None:
    from tenants.identity.switching.companies import may_switch

    with context.inside(sandbox.place):
        request: Any = type("Request", (), {"user": User.objects.first(), "session": {"_method": "password"}})()
        assert may_switch(request) is False
