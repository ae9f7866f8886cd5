"""A company on its way to another agency: asked by the one, approved by the other, agreed to by its owner.

The move itself is an operation (`transferring`). All of this runs in public.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.signing import BadSignature
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.directory.actions import check_slug
from tenants.directory.enums import AgencyStatus
from tenants.directory.models import Agency, Company
from tenants.directory.own_hosts import is_slug_taken
from tenants.directory.queries import agency_tenant
from tenants.fleet.lifecycle import rooms
from tenants.fleet.lifecycle.closing import MOST_REASON, locked
from tenants.fleet.lifecycle.letters import post
from tenants.fleet.lifecycle.renaming import check_settled
from tenants.fleet.models import OPEN_STATES, Operation, Transfer, TransferState
from tenants.fleet.operations.actions import begin
from tenants.fleet.operations.kinds import kind_named
from tenants.kernel import context, signing, trust
from tenants.kernel.actors import Actor
from tenants.kernel.context import PUBLIC_SCHEMA, Place
from tenants.kernel.errors import Conflict, DomainError, Invalid, NotFound

ANSWER_WITHIN = timedelta(days=14)
PURPOSE = "transfer-consent"


@transaction.atomic
def ask_transfer(
    *, company: Company, to: str, by: Actor, slug: str = "", reason: str = "", needs_consent: bool = False
) -> Transfer:
    """Ask the agency with that address to take a company over. Raises Invalid, SlugTaken, Conflict."""
    company = locked(company)
    check_settled(company)
    taker = _agency(to, company)
    slug = slug.strip().lower() or company.slug
    _check_slug(taker, slug, company)
    row = Transfer(
        company=company, from_agency=company.agency, to_agency=taker, slug=slug, reason=reason[:MOST_REASON],
        asked_by=by.name[:120], needs_consent=needs_consent, expires_at=timezone.now() + ANSWER_WITHIN,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("This company is on its way to another agency already.")) from error
    note_both("company.transfer_asked", row, by=by)
    post("transfer", str(row.pk))
    return row


def _agency(slug: str, company: Company) -> Agency:
    found = Agency.objects.filter(slug=slug.replace("\x00", "").strip().lower(), status=AgencyStatus.ACTIVE).first()
    if not found:
        raise Invalid({"to": [_("There is no open agency with this address.")]})
    if found.pk == company.agency_id:
        raise Invalid({"to": [_("The company is there already.")]})
    return found


def _check_slug(taker: Agency, slug: str, company: Company) -> None:
    check_slug(slug, is_taken=lambda one: is_slug_taken(taker, one, company=company))


@transaction.atomic
def approve_transfer(*, transfer: Transfer, by: Actor, slug: str = "") -> Transfer:
    """By the receiving agency; with another slug if it likes. The move begins once everybody has agreed.

    Raises SlugTaken, Invalid, Conflict.
    """
    row = _open(transfer)
    if row.approved_at:
        return row
    slug = slug.strip().lower() or row.slug
    _check_slug(row.to_agency, slug, row.company)
    rooms.check_may_take(row.to_agency)
    row.slug, row.approved_at, row.answered_by = slug, timezone.now(), by.name[:120]
    row.save(update_fields=["slug", "approved_at", "answered_by", "updated_at"])
    note_both("company.transfer_approved", row, by=by)
    return _begin_if_agreed(row, by)


@transaction.atomic
def consent_to_transfer(*, transfer: Transfer, by: Actor) -> Transfer:
    """By the company's owner. Raises Conflict once it is over."""
    row = _open(transfer)
    if row.consented_at:
        return row
    row.consented_at = timezone.now()
    row.save(update_fields=["consented_at", "updated_at"])
    note_both("company.transfer_consented", row, by=by)
    return _begin_if_agreed(row, by)


def _begin_if_agreed(row: Transfer, by: Actor) -> Transfer:
    if row.approved_at and (row.consented_at or not row.needs_consent):
        check_settled(row.company)
        operation = begin(kind_named("transfer"), company=row.company, by=by, transfer=str(row.pk))
        row.state, row.operation_id = TransferState.MOVING, operation.pk
        row.save(update_fields=["state", "operation_id", "updated_at"])
    return row


@transaction.atomic
def end_transfer(*, transfer: Transfer, state: TransferState, by: Actor) -> Transfer:
    """Refused by the one, withdrawn by the other, or not agreed to. Raises Conflict once the move has begun."""
    row = _open(transfer)
    row.state, row.answered_by = state, by.name[:120]
    row.save(update_fields=["state", "answered_by", "updated_at"])
    note_both(f"company.transfer_{state.value}", row, by=by)
    return row


def _open(transfer: Transfer) -> Transfer:
    """Locked, and still waiting for answers."""
    rows = Transfer.objects.select_for_update(of=("self",)).select_related(
        "company__agency", "from_agency", "to_agency"
    )
    row = rows.get(pk=transfer.pk)
    if row.state != TransferState.ASKED:
        raise Conflict(_("This transfer is not waiting for an answer any more."))
    if row.expires_at <= timezone.now():
        raise Conflict(_("Nobody answered in time: ask again."))
    return row


def note_both(action: str, row: Transfer, *, by: Actor) -> None:
    """In the audits of both agencies."""
    told = {"giver": row.from_agency.name, "taker": row.to_agency.name, "slug": row.slug}
    for agency_id in (row.from_agency_id, row.to_agency_id):
        with context.inside(Place(schema=PUBLIC_SCHEMA, agency_id=agency_id)):
            trust.note(action, by=by, subject=f"company:{row.company_id}", agency=str(agency_id), **told)


def expire_transfers() -> int:
    """Those nobody answered end; moves that were given up half way are gone on with. How many."""
    late = Transfer.objects.filter(state=TransferState.ASKED, expires_at__lte=timezone.now())
    return late.update(state=TransferState.EXPIRED, updated_at=timezone.now()) + _go_on()


def _go_on() -> int:
    count = 0
    for row in Transfer.objects.select_related("company__agency").filter(state=TransferState.MOVING):
        if not Operation.objects.filter(company_id=row.company_id, state__in=OPEN_STATES).exists():
            try:
                begin(kind_named("transfer"), company=row.company, by=context.actor(), transfer=str(row.pk))
            except DomainError:
                continue
            count += 1
    return count


def transfers_of(agency: Agency) -> QuerySet[Transfer]:
    """Those it gives and those it takes, newest first."""
    rows = Transfer.objects.select_related("company", "from_agency", "to_agency")
    return rows.filter(Q(from_agency=agency) | Q(to_agency=agency))


def transfer_by_id(transfer_id: UUID, **where: Any) -> Transfer:
    """Raises NotFound; `where` says whose it has to be."""
    rows = Transfer.objects.select_related("company", "from_agency", "to_agency")
    found = rows.filter(pk=transfer_id, **where).first()
    if not found:
        raise NotFound("No such transfer")
    return found


def open_transfer_of(company: Company) -> Transfer | None:
    rows = Transfer.objects.select_related("from_agency", "to_agency")
    return rows.filter(company=company, state__in=(TransferState.ASKED, TransferState.MOVING)).first()


def consent_url(row: Transfer) -> str:
    """For the company's owner, at the agency they know. Good as long as the transfer waits."""
    tenant = agency_tenant(row.from_agency_id)
    with context.inside(tenant.place):
        return f"{tenant.base_url}/transfers/consent/{signing.sign(str(row.pk), purpose=PURPOSE)}/"


def transfer_of_link(token: str) -> Transfer:
    """At the agency's host the link was made for. Raises NotFound."""
    try:
        transfer_id = signing.unsign(token, purpose=PURPOSE, max_age_seconds=int(ANSWER_WITHIN.total_seconds()))
    except BadSignature as error:
        raise NotFound("No such transfer") from error
    return transfer_by_id(UUID(transfer_id), from_agency_id=context.place().agency_id)
