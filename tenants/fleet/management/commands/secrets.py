"""`manage.py secrets rotate`: new keys for what is encrypted, in public and everywhere. See infra/docs/secrets.md."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from tenants.directory.models import Company
from tenants.kernel import context, masters
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.context import Place
from tenants.kernel.rotating import Rotated, rotate


class Command(ScopedCommand):
    scope = Scope.COMPANIES
    help = "Master keys and data keys of encrypted columns."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["new-master", "rotate"])
        parser.add_argument("--wrap-only", action="store_true", help="Wrap the data keys anew, leave the secrets.")

    def handle(self, *args: Any, what: str, wrap_only: bool, **options: Any) -> None:
        if what == "new-master":
            self._new_master()
        else:
            self._rotate(data_keys=not wrap_only)

    def _new_master(self) -> None:
        line = masters.new_line()
        if settings.MASTER_KEYS:
            self.stdout.write("Put this in front of OMNIFLOW_MASTER_KEYS, with a comma, and start everything again:")
            self.stdout.write(line)
        elif not masters.make():
            masters.put_first(line)
            self.stdout.write("A new master key is in use; the older ones still read. Next: manage.py secrets rotate")

    def _rotate(self, *, data_keys: bool) -> None:
        total = Rotated()
        try:
            self.walk(_places(), lambda name: self._rotate_one(name, total, data_keys=data_keys))
        finally:
            self.stdout.write(f"In all: {_told(total)}")

    def _rotate_one(self, name: str, total: Rotated, *, data_keys: bool) -> None:
        done = rotate(data_keys=data_keys)
        if not done.is_nothing:
            self.stdout.write(f"{name}: {_told(done)}")
        for part in ("wrapped", "secrets", "keys_dropped"):
            setattr(total, part, getattr(total, part) + getattr(done, part))


def _told(done: Rotated) -> str:
    return f"{done.wrapped} keys wrapped, {done.secrets} secrets written anew, {done.keys_dropped} older keys dropped"


def _places() -> Iterator[tuple[str, Place]]:
    with context.public():
        companies = list(Company.objects.select_related("agency").order_by("agency__slug", "slug"))
    yield "public", Place(schema=context.PUBLIC_SCHEMA)
    for one in companies:
        yield f"{one.agency.slug}/{one.slug}", one.place
