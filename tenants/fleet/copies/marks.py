"""A company's own brand in its copies: words as they are, pictures as files of their own."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage

from tenants.directory.actions import update_brand
from tenants.directory.models import Brand, Company
from tenants.directory.queries import BRAND_FIELDS
from tenants.kernel import context
from tenants.kernel.ids import uuid7

PICTURES = ("logo", "icon", "login_image")


def brand_words(company: Company) -> dict[str, str]:
    """What the company says for itself, without pictures. In public."""
    brand = Brand.objects.filter(company=company).first()
    return {name: getattr(brand, name) for name in BRAND_FIELDS if name not in PICTURES and brand}


def brand_pictures(company: Company) -> dict[str, str]:
    """Names in the public place, by kind."""
    brand = Brand.objects.filter(company=company).first()
    return {kind: name for kind in PICTURES if brand and (name := getattr(brand, kind))}


def copy_brand(source: Company, target: Company) -> None:
    """In public; over what the target had."""
    words, found = brand_words(source), {}
    for kind, name in brand_pictures(source).items():
        if default_storage.exists(name):
            with default_storage.open(name) as file:
                found[kind] = keep_picture(target, kind, name, file)
    give_brand(target, words | found)


def keep_picture(company: Company, kind: str, name: str, file: "IO[bytes] | File[Any]") -> str:
    ending = PurePath(name).suffix
    with context.public():
        return str(default_storage.save(f"brands/{company.agency_id}/{kind}-{uuid7().hex}{ending}", File(file)))


def give_brand(company: Company, values: Mapping[str, str]) -> None:
    if values:
        update_brand(agency=company.agency, company=company, **values)
