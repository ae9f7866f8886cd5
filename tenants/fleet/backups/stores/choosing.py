"""Which store the installation was told to use, by `OMNIFLOW_BACKUP_URL`."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tenants.fleet.backups.stores.base import Store
from tenants.fleet.backups.stores.disk import DiskStore


def store() -> Store:
    return store_at(settings.BACKUP_URL)


def store_at(url: str) -> Store:
    """`file:///folder`, or `s3://bucket/prefix?endpoint=https://…&region=…`. Raises ImproperlyConfigured."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return DiskStore(Path(unquote(parts.path)))
    if parts.scheme != "s3" or not parts.hostname:
        raise ImproperlyConfigured("OMNIFLOW_BACKUP_URL is file:///folder or s3://bucket/prefix.")
    from tenants.fleet.backups.stores.bucket import BucketStore  # the client of S3 takes a while to load

    told = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return BucketStore(parts.hostname, parts.path, endpoint=told.get("endpoint", ""), region=told.get("region", ""))
