"""What the house itself keeps of a company outside its schema: files, cache, queue, mails on disk."""

import shutil
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from tenants.directory.models import AuditAnchor, Brand, Company, Domain, Membership, SupportVisit
from tenants.fleet.lifecycle.rooms import on_erase, on_transfer
from tenants.kernel import context
from tenants.kernel.fair import lanes
from tenants.kernel.mail import mail_folder

SCANNED = 1_000
PICTURES = ("logo", "icon", "login_image")


@on_erase
def drop_files(company: Company) -> list[str]:
    """Everything under the company's own folder."""
    folder = Path(settings.MEDIA_ROOT) / company.schema_name
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # somebody wrote meanwhile, or the disk refuses: said, not swallowed
        shutil.rmtree(folder)
    return [f"{len(sizes):,} files, {sum(sizes):,} bytes"]


@on_erase
def drop_cache(company: Company) -> list[str]:
    """Cache keys begin with the company's id: answers kept for repeated requests and counters of tries among them."""
    return [f"{forget_cache(company):,} cache entries"]


def forget_cache(company: Company) -> int:
    client, count = _redis(), 0
    for key in client.scan_iter(match=f"{company.pk}:*", count=SCANNED):
        count += int(client.unlink(key))
    return count


@on_erase
def drop_tasks(company: Company) -> list[str]:
    """What waits for the company in its lanes. What a worker holds is refused there."""
    return [f"{lanes.forget(company.pk):,} waiting tasks"]


LATE = (drop_files, drop_cache, drop_tasks)


@on_erase
def drop_mail_files(company: Company) -> list[str]:
    """Mails are files only where no mail server is set; those that name a host of the company go."""
    if not settings.EMAIL_URL.startswith("file:") or not mail_folder().is_dir():
        return []
    hosts = [one.host.encode() for one in Domain.objects.filter(company=company)]
    found = [file for file in mail_folder().glob("*.eml") if any(host in file.read_bytes() for host in hosts)]
    for file in found:
        file.unlink(missing_ok=True)
    return [f"{len(found):,} mails on disk"] if found else []


@on_erase
def drop_brand(company: Company) -> list[str]:
    """Its own name, colours and pictures over those of its agency."""
    names = [name for brand in Brand.objects.filter(company=company) for name in _pictures(brand)]
    Brand.objects.filter(company=company).delete()
    transaction.on_commit(lambda: _delete_public(names))
    return [f"{len(names):,} pictures of its brand"]


def _pictures(brand: Brand) -> list[str]:
    return [name for kind in PICTURES if (name := getattr(brand, kind))]


def _delete_public(names: list[str]) -> None:
    with context.public():
        for name in names:
            default_storage.delete(name)


@on_erase
def drop_directory(company: Company) -> list[str]:
    """Who works there, who visited. Its hosts go last, with the company itself."""
    counts = {
        "index entries of people": Membership.objects.filter(company=company).delete()[0],
        "support visits": SupportVisit.objects.filter(company=company).delete()[0],
        "anchors of its audit": AuditAnchor.objects.filter(chain=str(company.pk)).delete()[0],
    }
    return [f"{count:,} {what}" for what, count in counts.items()]


@on_transfer
def drop_kept_answers(company: Company, former: Any) -> list[str]:
    """Answers were made in the former brand."""
    forget_cache(company)
    return []


def _redis() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=10)
