"""Changing how an agency, or one of its companies, looks."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from public_site.agency.audit import note
from public_site.agency.pictures import delete_now, drop_picture, keep_picture
from tenants.directory import actions as directory
from tenants.directory.models import Agency, Brand, Company
from tenants.kernel.actors import Actor


@transaction.atomic
def change_brand(
    *, agency: Agency, values: Mapping[str, str], by: Actor, company: Company | None = None,
    pictures: "Mapping[str, UploadedFile[Any]] | None" = None, removed: Iterable[str] = (),
) -> Brand:  # fmt: skip
    """Set words, colour and pictures of a brand; pictures replaced or `removed` are deleted. Raises Invalid."""
    before = Brand.objects.select_for_update().filter(agency=agency, company=company).first()
    changes = dict(values) | dict.fromkeys(removed, "")
    made: dict[str, str] = {}
    try:
        for kind, file in (pictures or {}).items():
            made[kind] = keep_picture(agency_id=agency.pk, kind=kind, upload=file)
        with transaction.atomic():
            brand = directory.update_brand(agency=agency, company=company, **(changes | made))
    except Exception:
        for name in made.values():
            delete_now(name)
        raise
    for kind in {*made, *removed}:
        drop_picture(getattr(before, kind, ""))
    changed = [name for name, value in (changes | made).items() if value != getattr(before, name, "")]
    if changed:
        note("brand.changed", agency_id=agency.pk, company=company, by=by, fields=sorted(changed))
    return brand
