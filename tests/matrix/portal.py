"""What an agency's portal and the platform may be asked for, by name."""

from urllib.parse import parse_qs, urlsplit

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from public_site.agency.handover import handover_url
from public_site.agency.key_actions import create_agency_key
from public_site.agency.models import AgencyKey, AgencyMember, AgencyRole
from public_site.control.models import PlatformAdmin
from public_site.site.models import SignUp
from public_site.site.queries import CONFIRM, WAIT, link_token
from tenants.directory.actions import activate_agency, claim_custom_host, create_agency
from tenants.directory.models import Agency, Company, Domain, SupportVisit, Tombstone
from tenants.fleet.actions import create_company
from tenants.fleet.lifecycle.certificates import make_certificate
from tenants.fleet.lifecycle.transfers import ask_transfer, consent_url
from tenants.fleet.models import Backup, Certificate, Operation, Restore, Transfer
from tenants.identity import tokens
from tenants.identity.actions import add_user
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.ids import uuid7
from tests.factories import PASSWORD, Twin
from tests.isolation.samples import isolation_report
from tests.matrix.scene import Made, plain

ROOT = "root@platform.example"
WORDS = {"password": PASSWORD, "company_name": "Beta Works"}


def furnish_agency(twin: Twin) -> Made:
    """Runs at the agency's door."""
    boss = AgencyMember.objects.select_related("user").get(agency=twin.agency, role=AgencyRole.OWNER)
    mate = add_user(email="mate@agency.example", name="Mate", password=PASSWORD)
    member = AgencyMember.objects.create(agency=twin.agency, user=mate, role=AgencyRole.STAFF)
    key = AgencyKey.objects.get(key=create_agency_key(member=boss, name="Other", by=robot())[0])
    waiting = claim_custom_host(agency=twin.agency, raw_host="crm.alpha.example")
    live = claim_custom_host(agency=twin.agency, raw_host="live.alpha.example")
    Domain.objects.filter(pk=live.pk).update(verified_at=timezone.now())
    found = {
        "company": twin.company,
        "company_owner": twin.owner(),
        "member": member,
        "key": key,
        "domain": waiting,
        "live": live,
        "command_run": _command_run(twin),
        "report": isolation_report(twin.agency),
    }
    found |= {"visit": _visit(twin, boss.user), "owner_email": boss.user.email, **_saved(twin), **_handovers(twin)}
    found["operation"] = Operation.objects.create(
        kind="backup", company_id=twin.company.pk, agency_id=twin.agency.pk, state="done", ended_at=timezone.now()
    )
    return plain(WORDS | found | _links(mate, "agency")) | {
        "consent_token": lambda things: consent_url(Transfer.objects.get(pk=things["transfer"])).split("/")[-2],
        "ticket": lambda things: _ticket(handover_url(user_id=boss.user_id, agency_id=twin.agency.pk)),
    }


def _command_run(twin: Twin) -> Operation:
    arguments = {"command": "add-stage", "is_dry": True, "companies": []}
    return Operation.objects.create(kind="command", agency_id=twin.agency.pk, arguments=arguments, state="done")


def _saved(twin: Twin) -> Made:
    """A backup, and beside the company what looks like a copy of it: the company itself."""
    common = {"agency_id": twin.agency.pk, "subject": twin.company.name, "made_at": timezone.now()}
    backup, _is_new = Backup.objects.get_or_create(
        company_id=twin.company.pk, defaults=common | {"state": "kept", "place": "works/one.backup"}
    )
    Restore.objects.get_or_create(
        company_id=twin.company.pk,
        defaults=common | {"backup_id": backup.pk, "schema_name": twin.company.schema_name, "state": "beside"},
    )
    return {"backup": backup, "contact": twin.contact_id, "picked": f"contacts:{twin.contact_id}"}


def _handovers(twin: Twin) -> dict[str, object]:
    """One that goes, one that comes, and the certificate of one that is gone."""
    other = create_agency(name="Other", slug="other")
    activate_agency(agency=other)
    Agency.objects.filter(pk__in=(other.pk, twin.agency.pk)).update(plan="enterprise")
    coming = create_company(
        agency=other, name="Coming", slug="coming", country="IN", owner_email="cora@coming.example", by=robot()
    )
    return {
        "transfer": ask_transfer(company=twin.company, to="other", needs_consent=True, by=robot()),
        "incoming": ask_transfer(company=coming, to=twin.agency.slug, by=robot()),
        "certificate": _certificate(twin),
    }


def _certificate(twin: Twin) -> Certificate:
    gone = Company(pk=uuid7(), name="Gone", agency=twin.agency)
    return make_certificate(gone, erased=["1 table"], kept=[], why="", by="System", number=uuid7())


def _visit(twin: Twin, visitor: User) -> SupportVisit:
    """Agreed to, so that the visitor may go in."""
    with context.inside(twin.place):
        owner = twin.owner()
    return SupportVisit.objects.create(
        company=twin.company, visitor_id=visitor.pk, visitor_name="Boss", visitor_email=visitor.email, house="Alpha",
        user_id=owner.pk, user_name="Owner", reason="Import fails", minutes=30, state="agreed",
    )  # fmt: skip


def _platform_transfer(twin: Twin) -> Transfer:
    """Of another company, so that the twin's may be asked for as well."""
    other = create_agency(name="Third", slug="third")
    activate_agency(agency=other)
    going = create_company(
        agency=other, name="Going", slug="going", country="IN", owner_email="g@going.example", by=robot()
    )
    return ask_transfer(company=going, to=twin.agency.slug, by=robot())


def _links(person: User, face: str) -> Made:
    new = add_user(email=f"new@{face}.example", name="New")
    return {
        "user": person, "invited": new,
        "invite_token": lambda things: _token(things["invited"], "invite"),
        "reset_token": lambda things: _token(things["user"], "reset"),
        "link_token": lambda things: _token(things["user"], "link"),
    }  # fmt: skip


def _token(user_id: str, purpose: str) -> str:
    return tokens.make_token(User.objects.get(pk=user_id), purpose=purpose)


def _ticket(url: str) -> str:
    return parse_qs(urlsplit(url).query)["ticket"][0]


def furnish_platform(twin: Twin) -> Made:
    """Runs in public."""
    person = add_user(email="mate@platform.example", name="Mate", password=PASSWORD)
    admin = add_user(email=ROOT, name="Root", password=PASSWORD)
    PlatformAdmin.objects.create(user=admin)
    agency = create_agency(name="Waiting", slug="waiting")
    sign_up = SignUp.objects.create(
        agency=agency, name="Wanda", email="wanda@waiting.example", password=make_password(PASSWORD)
    )
    found = {
        "company": twin.company,
        "company_owner": twin.owner(),
        "agency": twin.agency,
        "owner_email": ROOT,
        "visit": _visit(twin, admin),
        "operation": Operation.objects.create(kind="rehearsal", subject=twin.company.name),
        "schema": twin.company.schema_name,
        "command_run": _command_run(twin),
        "sign_up": sign_up,
        **_saved(twin),
        "transfer": _platform_transfer(twin),
        "certificate": _certificate(twin),
        "stone": Tombstone.objects.create(host="gone.example.com", is_custom=True, until=timezone.now()),
        "report": isolation_report(twin.agency),
    }
    return plain(WORDS | found | _links(person, "platform")) | {
        "wait_token": lambda things: link_token(SignUp.objects.get(pk=things["sign_up"]), purpose=WAIT),
        "confirm_token": lambda things: link_token(SignUp.objects.get(pk=things["sign_up"]), purpose=CONFIRM),
    }
