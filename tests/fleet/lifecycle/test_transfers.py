"""From one agency to another: asked, approved, agreed to, moved; what the former one held is worth nothing after."""

from typing import Any

import pytest
from celery.exceptions import Retry
from django.core.management import call_command
from django.test import Client

from public_site.agency.models import AgencyMember, AgencyRole
from tenants.crm.tasks import remind
from tenants.directory.actions import suspend_agency, update_brand
from tenants.directory.enums import VisitState
from tenants.directory.errors import SlugTaken
from tenants.directory.hosts import _forget
from tenants.directory.models import Agency, Brand, Company, Domain, Membership, SupportVisit
from tenants.directory.queries import company_tenant
from tenants.directory.task import MOVE_SECONDS
from tenants.fleet.lifecycle import rooms
from tenants.fleet.lifecycle.transfers import (
    approve_transfer,
    ask_transfer,
    consent_to_transfer,
    consent_url,
    end_transfer,
    expire_transfers,
)
from tenants.fleet.models import Operation, Transfer, TransferState
from tenants.fleet.operations.running import run
from tenants.identity.actions import add_user
from tenants.identity.errors import LinkInvalid
from tenants.identity.models import AuditEntry, Session, User
from tenants.identity.switching.index import digest_of
from tenants.identity.tokens import make_token, user_for_token
from tenants.kernel import context
from tenants.kernel.actors import Actor, robot
from tenants.kernel.errors import Conflict, Invalid
from tests.factories import Twin
from tests.fleet.lifecycle.conftest import finished


@pytest.fixture
def going(twins: tuple[Twin, Twin]) -> Any:
    """Twin A, whose company goes to agency B under another address."""
    with context.public(actor=robot("Tester")):
        Agency.objects.filter(pk=twins[1].agency.pk).update(plan="enterprise")
        yield twins[0]


def asked(twin: Twin, by: Actor, **words: Any) -> Transfer:
    return ask_transfer(company=twin.company, **{"to": "bravo", "slug": "alpha-works", "by": by} | words)


def moved(twin: Twin, by: Actor) -> Company:
    row = approve_transfer(transfer=asked(twin, by), by=by)
    finished(Operation.objects.get(pk=row.operation_id))
    _forget()
    return Company.objects.select_related("agency").get(pk=twin.company.pk)


def test_the_company_answers_under_the_new_agency_in_its_brand(
    going: Twin, twins: tuple[Twin, Twin], by: Actor
) -> None:
    update_brand(agency=going.agency, company=going.company, product_name="Alpha's own")
    found = moved(going, by)

    page = Client(headers={"host": "alpha-works.bravo.localhost"}).get("/sign-in/").content.decode()
    assert (found.agency, found.status, found.slug) == (twins[1].agency, "active", "alpha-works")
    assert "BravoSuite" in page
    assert "Alpha" not in page.replace("Alpha Works", "")
    assert not Brand.objects.filter(company=found).exists()
    assert company_tenant(found.pk).base_url == "http://alpha-works.bravo.localhost:8000"


def test_the_former_address_leads_on(going: Twin, by: Actor) -> None:
    moved(going, by)

    led = Client(headers={"host": going.host}).get("/contacts/?q=1")
    assert (led.status_code, led["Location"]) == (301, "http://alpha-works.bravo.localhost:8000/contacts/?q=1")
    assert Domain.objects.get(host=going.host).agency.slug == "bravo"  # type: ignore[union-attr]


def test_keys_sessions_and_invitations_of_before_open_nothing(going: Twin, by: Actor) -> None:
    browser = going.signed_in()
    with context.inside(going.place):
        waiting = add_user(email="new@alpha.example", name="New", role="owner")
        token = make_token(waiting, purpose="invite")
    assert going.with_key().get("/api/v1/contacts").status_code == 200

    company = moved(going, by)

    assert going.with_key().get("/api/v1/contacts").status_code == 401
    browser.defaults["HTTP_HOST"] = "alpha-works.bravo.localhost"
    with context.inside(company.place):
        assert Session.objects.count() == 0
        with pytest.raises(LinkInvalid):
            user_for_token(waiting.pk, token, purpose="invite")
        assert User.objects.get(email="owner@alpha.example").is_active


def test_data_files_and_secrets_salted_by_the_company_stay(going: Twin, by: Actor) -> None:
    from tenants.crm.models import Contact

    company = moved(going, by)

    with context.inside(company.place):
        assert Contact.objects.get().first_name == going.sentinel
    assert company.schema_name == going.company.schema_name


def test_index_visits_and_limits_are_of_the_new_agency(going: Twin, twins: tuple[Twin, Twin], by: Actor) -> None:
    boss = AgencyMember.objects.get(agency=going.agency, role=AgencyRole.OWNER)
    mate = add_user(email="mate@alpha.example", name="Mate")
    AgencyMember.objects.create(agency=going.agency, user=mate, company_ids=[going.company.pk])
    visit = SupportVisit.objects.create(
        company=going.company, visitor_id=boss.user_id, visitor_name="Boss", visitor_email="b@a.example", house="Alpha",
        home_chain=str(going.agency.pk), user_id=going.owner().pk, user_name="Owner", reason="Why", minutes=30,
        state=VisitState.INSIDE,
    )  # fmt: skip

    company = moved(going, by)

    visit.refresh_from_db()
    row = Membership.objects.get(company=company)
    assert visit.state == VisitState.ENDED
    assert (row.agency, row.digest) == (twins[1].agency, digest_of(twins[1].agency.pk, "owner@alpha.example"))
    assert AgencyMember.objects.get(user=mate).company_ids == []


def test_both_audits_tell_of_it(going: Twin, twins: tuple[Twin, Twin], by: Actor) -> None:
    moved(going, by)

    for twin in twins:
        lines = AuditEntry.objects.filter(chain=f"public:{twin.agency.pk}", action__startswith="company.transfer")
        actions = list(lines.order_by("number").values_list("action", flat=True))
        assert actions == ["company.transfer_asked", "company.transfer_approved", "company.transferred"]


def test_what_has_to_be_renewed_is_said(going: Twin, by: Actor) -> None:
    moved(going, by)

    row = Transfer.objects.get(company=going.company)
    assert row.state == TransferState.DONE
    assert "1 API key ended: make a new one." in row.renew


def test_owner_is_asked_where_that_is_wanted(going: Twin, by: Actor) -> None:
    row = approve_transfer(transfer=asked(going, by, needs_consent=True), by=by)
    assert (row.state, row.operation_id) == (TransferState.ASKED, None)
    url = consent_url(row)
    _forget()
    visitor = Client(headers={"host": going.agency_host})
    path = url.partition(":8000")[2]

    assert "May Alpha Works move to Bravo Agency?" in visitor.get(path).content.decode()
    assert Client(headers={"host": "bravo.localhost"}).get(path).status_code == 404
    assert visitor.get(path.replace("/consent/", "/consent/x")).status_code == 404
    assert visitor.post(path, {"agree": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == TransferState.MOVING
    assert run(Operation.objects.get(pk=row.operation_id)).state == "done"


def test_owner_may_say_no(going: Twin, by: Actor) -> None:
    row = asked(going, by, needs_consent=True)
    path = consent_url(row).partition(":8000")[2]
    _forget()

    Client(headers={"host": going.agency_host}).post(path, {"refuse": "1"})

    row.refresh_from_db()
    assert row.state == TransferState.REFUSED
    with pytest.raises(Conflict):
        approve_transfer(transfer=row, by=by)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({"to": "nobody"}, Invalid), ({"to": "alpha"}, Invalid), ({"slug": "works"}, SlugTaken),
        ({"slug": "A b"}, Invalid), ({"slug": ""}, SlugTaken),
    ],
)  # fmt: skip
def test_requests_that_cannot_be_met_are_refused(
    going: Twin, by: Actor, words: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        asked(going, by, **words)

    assert not Transfer.objects.exists()


def test_one_at_a_time_and_not_while_something_is_being_done(going: Twin, by: Actor) -> None:
    row = asked(going, by)
    with pytest.raises(Conflict):
        asked(going, by)
    Operation.objects.create(kind="backup", company_id=going.company.pk, state="running")

    with pytest.raises(Conflict):
        approve_transfer(transfer=row, by=by)
    row.refresh_from_db()
    assert (row.state, row.operation_id) == (TransferState.ASKED, None)


def test_the_receivers_plan_is_kept(going: Twin, twins: tuple[Twin, Twin], by: Actor) -> None:
    row = asked(going, by)
    Agency.objects.filter(pk=twins[1].agency.pk).update(plan="free")

    with pytest.raises(Conflict, match="allows 1 companies"):
        approve_transfer(transfer=row, by=by)


def test_receiver_may_choose_another_address(going: Twin, by: Actor) -> None:
    row = approve_transfer(transfer=asked(going, by), slug="alpha-two", by=by)
    finished(Operation.objects.get(pk=row.operation_id))

    assert Company.objects.get(pk=going.company.pk).slug == "alpha-two"


def test_withdrawn_or_late_it_moves_nothing(going: Twin, by: Actor) -> None:
    end_transfer(transfer=asked(going, by), state=TransferState.WITHDRAWN, by=by)
    late = asked(going, by)
    Transfer.objects.filter(pk=late.pk).update(expires_at=late.created_at)

    with pytest.raises(Conflict):
        approve_transfer(transfer=late, by=by)
    with pytest.raises(Conflict):
        consent_to_transfer(transfer=late, by=by)
    assert expire_transfers() == 1
    late.refresh_from_db()
    assert late.state == TransferState.EXPIRED


def test_refused_in_the_last_moment_all_is_as_it_was(going: Twin, twins: tuple[Twin, Twin], by: Actor) -> None:
    row = approve_transfer(transfer=asked(going, by), by=by)
    suspend_agency(agency=twins[1].agency)

    assert run(Operation.objects.get(pk=row.operation_id)).state == "failed"
    going.company.refresh_from_db()
    row.refresh_from_db()
    assert (going.company.status, going.company.agency, row.state) == ("active", going.agency, "failed")


def test_given_up_after_the_handing_over_it_stays_shut_and_is_gone_on_with(
    going: Twin, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(company: Company, former: Agency) -> list[str]:
        raise OSError("Redis is away")

    monkeypatch.setitem(rooms.moving, "test.room", fails)
    row = approve_transfer(transfer=asked(going, by), by=by)
    assert run(Operation.objects.get(pk=row.operation_id)).state == "failed"
    assert Company.objects.get(pk=going.company.pk).status == "moving"

    monkeypatch.setitem(rooms.moving, "test.room", lambda company, former: ["Say hello."])
    assert expire_transfers() == 1
    finished(Operation.objects.get(kind="transfer", state="waiting"))
    row.refresh_from_db()
    assert (Company.objects.get(pk=going.company.pk).status, row.state) == ("active", "done")
    assert "Say hello." in row.renew


def test_a_task_that_comes_during_the_move_comes_again(going: Twin) -> None:
    Company.objects.filter(pk=going.company.pk).update(status="moving")
    kwargs = {"company_id": str(going.company.pk)}
    remind.push_request(called_directly=False, id="x", args=(), kwargs=kwargs, retries=0, is_eager=False)
    try:
        with pytest.raises(Retry) as again:
            remind(**kwargs)
    finally:
        remind.pop_request()

    assert again.value.when == MOVE_SECONDS


def test_command_moves_when_both_have_agreed(going: Twin) -> None:
    call_command("company", "transfer", "alpha/works", "--to", "bravo", "--slug", "alpha-works")
    assert Transfer.objects.get().state == TransferState.ASKED

    call_command("company", "transfer", "alpha/works", "--to", "bravo", "--approved")
    assert Company.objects.get(pk=going.company.pk).agency.slug == "bravo"
