"""Beginning copies, sandboxes, exports and imports. In public; who may is asked by whoever calls."""

import base64
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Agency, Company
from tenants.fleet.copies import keeping, sealing
from tenants.fleet.copies.cloning import CLONE, DROP_SANDBOX, check_at_head
from tenants.fleet.copies.exporting import EXPORT, PURPOSE
from tenants.fleet.copies.importing import IMPORT
from tenants.fleet.copies.packing import PackageManifest, PackageReader
from tenants.fleet.copies.shapes import shape_of
from tenants.fleet.copies.target import check_address, expiry
from tenants.fleet.models import Operation
from tenants.fleet.operations.actions import begin
from tenants.kernel import trust
from tenants.kernel.actors import Actor
from tenants.kernel.copies import Copy
from tenants.kernel.errors import Conflict, Invalid
from tenants.kernel.secrets import encrypt

SANDBOX_DAYS: Final = 30
MOST_DAYS: Final = 365
MOST_SANDBOXES: Final = 3


@transaction.atomic
def clone_company(
    *, company: Company, slug: str, by: Actor, name: str = "", agency: Agency | None = None, with_records: bool = True
) -> Operation:
    """A second company with the same rows, or set up the same. Raises SlugTaken, Invalid, Conflict."""
    agency = agency or company.agency
    _check_source(company)
    check_address(agency, slug)
    copy = Copy.CLONE if with_records else Copy.SHAPE
    name = _checked_name(name or _("%(name)s (copy)") % {"name": company.name[:100]})
    return begin(CLONE, by=by, company=company, copy=copy, slug=slug, name=name, agency_id=str(agency.pk))


@transaction.atomic
def make_sandbox(*, company: Company, slug: str, by: Actor, name: str = "", days: int = SANDBOX_DAYS) -> Operation:
    """A place to try things out, beside the company it is a copy of. Raises SlugTaken, Invalid, Conflict."""
    _check_source(company)
    check_address(company.agency, slug)
    if company.sandboxes.count() >= MOST_SANDBOXES:
        raise Conflict(_("This company has %(most)d sandboxes. Take one away first.") % {"most": MOST_SANDBOXES})
    name = _checked_name(name or _("%(name)s (sandbox)") % {"name": company.name[:100]})
    return begin(
        CLONE, by=by, company=company, copy=Copy.SANDBOX, slug=slug, name=name, agency_id=str(company.agency_id),
        days=_checked_days(days),
    )  # fmt: skip


@transaction.atomic
def refresh_sandbox(*, sandbox: Company, by: Actor) -> Operation:
    """Fill it anew from its company as that is now; what was tried out in it goes. Raises Conflict."""
    source = _source_of(sandbox)
    _check_source(source)
    return begin(CLONE, by=by, company=source, copy=Copy.SANDBOX, target=str(sandbox.pk))


@transaction.atomic
def drop_sandbox(*, sandbox: Company, by: Actor) -> Operation:
    """Raises Conflict for a company that is none."""
    if not sandbox.is_sandbox:
        raise Conflict(_("This company is no sandbox."))
    return begin(DROP_SANDBOX, by=by, company=sandbox, target=str(sandbox.pk))


@transaction.atomic
def keep_sandbox(*, sandbox: Company, days: int, by: Actor) -> Company:
    """Let it stand for so many days from now. Raises Conflict, Invalid."""
    _source_of(sandbox)
    sandbox.expires_at = expiry(_checked_days(days))
    sandbox.save(update_fields=["expires_at", "updated_at"])
    trust.note("sandbox.kept", by=by, subject=f"company:{sandbox.pk}", agency=str(sandbox.agency_id), days=days)
    return sandbox


@transaction.atomic
def export_company(*, company: Company, by: Actor, passphrase: str = "") -> Operation:
    """A package; with a passphrase sealed, and with secrets in it. Raises Invalid, Conflict."""
    _check_source(company)
    return begin(EXPORT, by=by, company=company, **_kept_key(passphrase))


@transaction.atomic
def import_company(
    *, package: str, agency: Agency, slug: str, by: Actor, name: str = "", passphrase: str = ""
) -> Operation:
    """A company out of a package that `keeping.taken_in` has. What cannot be is said at once. Raises Unfit, Invalid."""
    check_address(agency, slug)
    manifest = look_at(package)
    values: dict[str, Any] = _known_key(manifest, passphrase)
    with keeping.reading(package) as file:
        PackageReader(file, base64.b64decode(values.pop("plain")) if values else None)
    shape_of(manifest)
    operation = begin(
        IMPORT, by=by, agency=agency, package=package, agency_id=str(agency.pk), slug=slug,
        name=_checked_name(name) if name else "", **values,
    )  # fmt: skip
    Operation.objects.filter(pk=operation.pk).update(subject=str(name or manifest.company.get("name", ""))[:120])
    trust.note(
        "company.import_begun", by=by, subject=f"agency:{agency.pk}", agency=str(agency.pk),
        company=str(manifest.company.get("name", ""))[:120], slug=slug,
    )  # fmt: skip
    operation.refresh_from_db()
    return operation


def look_at(package: str) -> PackageManifest:
    """What a package says of itself. Raises Unfit."""
    with keeping.reading(package) as file:
        return PackageReader(file).manifest


def _kept_key(passphrase: str) -> dict[str, Any]:
    """The passphrase itself is kept nowhere, what it gives only encrypted."""
    if not passphrase:
        return {}
    if len(passphrase) < sealing.SHORTEST:
        raise Invalid({"passphrase": [_("Use at least %(n)d characters.") % {"n": sealing.SHORTEST}]})
    salt = sealing.new_salt()
    key = base64.b64encode(sealing.key_of(passphrase, salt)).decode()
    return {"salt": salt.hex(), "key": encrypt(key, purpose=PURPOSE)}


def _known_key(manifest: PackageManifest, passphrase: str) -> dict[str, str]:
    if not manifest.is_sealed:
        return {}
    if not passphrase:
        raise Invalid({"passphrase": [_("This package is sealed. Type the passphrase it was exported with.")]})
    try:
        salt = bytes.fromhex(manifest.salt)
    except ValueError as error:
        raise sealing.WrongPassphrase from error
    key = base64.b64encode(sealing.key_of(passphrase, salt)).decode()
    return {"key": encrypt(key, purpose=PURPOSE), "plain": key}


def _check_source(company: Company) -> None:
    if company.status == CompanyStatus.PROVISIONING:
        raise Conflict(_("This company is still being set up."), fix=_("Try again in a minute."))
    if company.is_sandbox:
        raise Conflict(_("A sandbox is not copied. Copy the company it belongs to."))
    check_at_head(company)


def _source_of(sandbox: Company) -> Company:
    if not sandbox.is_sandbox or not sandbox.sandbox_of:
        raise Conflict(_("This company is no sandbox of another."))
    return sandbox.sandbox_of


def _checked_name(name: str) -> str:
    found = " ".join(name.replace("\x00", "").split())
    if not 0 < len(found) <= 120:
        raise Invalid({"name": [_("Write a name of at most 120 characters.")]})
    return found


def _checked_days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": [_("Choose 1 to %(most)d days.") % {"most": MOST_DAYS}]})
    return days
