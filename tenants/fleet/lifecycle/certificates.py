"""Certificates of erasure: made once, signed, to be checked by anybody."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tenants.directory.models import Agency, Company
from tenants.fleet.models import Certificate, SigningKey
from tenants.fleet.signing import ALGORITHM, is_signed, key_in_use, sign
from tenants.kernel.errors import Invalid, NotFound

KIND = "certificate of erasure"


def make_certificate(
    company: Company, *, erased: Sequence[str], kept: Sequence[str], why: str, by: str, number: UUID
) -> Certificate:
    """Kept and signed. `erased` and `kept` are lines of words with counts."""
    key = key_in_use()
    document: dict[str, Any] = {
        "kind": KIND,
        "number": str(number),
        "erased_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "company": {"id": str(company.pk), "name": company.name, "agency": company.agency.name},
        "reason": why,
        "by": by,
        "erased": list(erased),
        "kept": list(kept),
        "key": {"id": str(key.pk), "kind": ALGORITHM, "public": key.public},
    }
    return Certificate.objects.create(
        pk=number, company_id=company.pk, company_name=company.name, agency_id=company.agency_id, document=document,
        signature=sign(document, key),
    )  # fmt: skip


def certificates_of(agency: Agency | None = None) -> QuerySet[Certificate]:
    """Of one agency's companies, or of all; newest first."""
    found = Certificate.objects.all()
    return found.filter(agency_id=agency.pk) if agency else found


def certificate_by_id(certificate_id: UUID, *, agency: Agency | None = None) -> Certificate:
    found = certificates_of(agency).filter(pk=certificate_id).first()
    if not found:
        raise NotFound("No such certificate")
    return found


def as_json(certificate: Certificate) -> bytes:
    """What is downloaded: the document and its signature."""
    whole = {"document": certificate.document, "signature": certificate.signature}
    return json.dumps(whole, indent=2, ensure_ascii=False).encode()


def check_file(text: bytes, *, key: str = "") -> dict[str, Any]:
    """The document in a downloaded file, if a key of this installation, or the one given, signed it. Raises Invalid."""
    try:
        whole = json.loads(text)
        document, signature = whole["document"], str(whole["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid({"file": ["This is not a certificate: a JSON file with “document” and “signature”."]}) from error
    keys = [key] if key else SigningKey.objects.values_list("public", flat=True)
    if not isinstance(document, dict) or not any(is_signed(document, signature, one) for one in keys):
        raise Invalid({"file": ["The signature does not hold: changed, or not signed by this installation."]})
    return document


def file_name(certificate: Certificate, ending: str) -> str:
    return f"erasure-{certificate.pk}.{ending}"
