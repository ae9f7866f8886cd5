"""A package brought in: looked at as a whole first, then filled out of sight, then opened. Never half of it."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.directory.enums import CompanyStatus
from tenants.directory.models import Agency, Company
from tenants.fleet.copies import keeping
from tenants.fleet.copies.carried import coming
from tenants.fleet.copies.cloning import told
from tenants.fleet.copies.exporting import KEYS, forget_key, key_in, read_all
from tenants.fleet.copies.marks import PICTURES, give_brand, keep_picture
from tenants.fleet.copies.packing import FILES, Entry, PackageManifest, PackageReader, files_in, rows_in
from tenants.fleet.copies.shapes import shape_of
from tenants.fleet.copies.target import (
    KEPT_OF_COMPANY,
    facts_of,
    open_up,
    reserve,
    settle,
    take_back,
    target_of,
    wipe_files,
)
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.streams.connections import Connection, own_connection
from tenants.fleet.streams.files import Readable, write_file
from tenants.fleet.streams.loading import finish, load, make_empty, to_head
from tenants.fleet.streams.manifest import TableEntry, Unfit
from tenants.fleet.streams.tables import tables_of
from tenants.kernel import context
from tenants.kernel.copies import Copy, Facts, parts_of
from tenants.kernel.secrets import Foreign

ENDINGS = (".png", ".jpeg")


@contextmanager
def reader_of(work: Work) -> Iterator[PackageReader]:
    with keeping.reading(work.arguments["package"]) as file:
        yield PackageReader(file, key_in(work))


@step(_("Looking at the package"))
def look_into(work: Work) -> None:
    """Every byte, before anything is made."""
    with reader_of(work) as reader:
        shape_of(reader.manifest)
        _check_tables(reader.manifest)
        read_all(reader, work)


def _check_tables(manifest: PackageManifest) -> None:
    """Only what such a package may hold: no keys, no tokens, no table of another room's making."""
    names = [one.name for one in manifest.tables]
    known = coming(Copy(manifest.copy))
    parts = {one.name for one in parts_of(Copy(manifest.copy))} | {KEYS}
    if len(set(names)) != len(names) or not set(names) <= known or not {one.name for one in manifest.parts} <= parts:
        raise Unfit(_("This package holds tables that no package of a company holds."))


@step(_("Reserving the address"))
def reserve_place(work: Work) -> None:
    with reader_of(work) as reader:
        facts = reader.manifest.company
    asked = work.arguments
    language = facts.get("language", "")
    values = {name: str(facts.get(name, "")) for name in KEPT_OF_COMPANY} | {
        "slug": asked["slug"], "name": asked.get("name") or str(facts.get("name", "")),
        "language": language if language in dict(settings.LANGUAGES) else "en",
    }  # fmt: skip
    reserve(work, agency=Agency.objects.get(pk=asked["agency_id"]), values=values)


@step(_("Bringing the rows in"))
def load_rows(work: Work) -> None:
    target = target_of(work)
    with reader_of(work) as reader:
        template = shape_of(reader.manifest)
        make_empty(target.schema_name, template)
        try:
            with own_connection() as own:
                _check_columns(own, target, reader.manifest.tables)
                rows = sum(_loaded(work, own, target, reader, one) for one in reader.manifest.tables)
            finish(target.schema_name, template)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise Unfit(_("The rows in this package do not go together.")) from error
    to_head(target.schema_name)
    work.give(rows=rows)


def _check_columns(own: Connection, target: Company, entries: list[TableEntry]) -> None:
    known = {table.name: set(table.columns) for table in tables_of(own, target.schema_name)}
    for entry in entries:
        if not set(entry.columns) <= known.get(entry.name, set()):
            raise Unfit(_("This package has columns that its version of the program did not have."))


def _loaded(work: Work, own: Connection, target: Company, reader: PackageReader, entry: TableEntry) -> int:
    work.check()
    chunks = told(work, reader.chunks(f"tables/{entry.name}.copy", entry), 0, entry.rows)
    return load(own, target.schema_name, entry, chunks).rows


@step(_("Bringing the files in"))
def load_files(work: Work) -> None:
    target, count = target_of(work), 0
    wipe_files(target.schema_name)
    with reader_of(work) as reader:
        found = reader.manifest.files
        for path, _size, chunks in files_in(reader.chunks(FILES, found)) if found else ():
            work.check()
            write_file(target.schema_name, path, chunks)
            count += 1
            work.tell(count, found.rows if found else 0)
    work.give(files=count)


@step(_("Giving it keys of its own"))
def settle_place(work: Work) -> None:
    target = target_of(work)
    with reader_of(work) as reader:
        facts = _facts(target, reader.manifest)
        with context.inside(target.place, actor=work.actor), transaction.atomic():
            counts = {one.name: one.take(_rows(reader, one.name), facts) for one in parts_of(facts.copy)}
        settle(target, facts, _foreign(reader))
        give_brand(target, reader.manifest.brand | _pictures(reader, target))
    work.give(**counts)


def _facts(target: Company, manifest: PackageManifest) -> Facts:
    return facts_of(Copy(manifest.copy), target, from_salt=str(manifest.company.get("id", "")), from_agency=None)


def _rows(reader: PackageReader, name: str) -> Iterator[dict[str, object]]:
    entry = next((one for one in reader.manifest.parts if one.name == name), None)
    return rows_in(reader.chunks(f"parts/{name}.jsonl", entry)) if entry else iter(())


def _foreign(reader: PackageReader) -> Foreign:
    """The keys of the place it comes from; none without a passphrase, and then nothing can be read with them."""
    keys = {UUID(str(row["id"])): base64.b64decode(str(row["key"])) for row in _rows(reader, KEYS)}
    return Foreign(str(reader.manifest.company.get("id", "")), keys)


def _pictures(reader: PackageReader, target: Company) -> dict[str, str]:
    found = {}
    for told_of in reader.manifest.pictures:
        kind, ending = str(told_of["name"]), str(told_of["ending"])
        if kind in PICTURES and ending in ENDINGS:
            entry = Entry(name=kind, rows=0, size=int(told_of["size"]), sha256=str(told_of["sha256"]))
            file: IO[bytes] = Readable(reader.chunks(f"pictures/{kind}", entry))  # type: ignore[assignment]
            found[kind] = keep_picture(target, kind, f"{kind}{ending}", file)
    return found


@step(_("Opening the doors"))
def open_place(work: Work) -> None:
    target = target_of(work)
    with reader_of(work) as reader:
        manifest = reader.manifest
    if target.status != CompanyStatus.ACTIVE:
        open_up(target, _facts(target, manifest), by=work.actor, source=manifest.company.get("name", ""))
    work.give(company_id=str(target.pk), slug=target.slug, hosts=manifest.hosts, left_behind=manifest.left_behind)


@step(_("Clearing up"))
def clear_up(work: Work) -> None:
    keeping.drop(work.arguments["package"])
    forget_key(work)


def give_up(work: Work) -> None:
    take_back(work)
    keeping.drop(work.arguments["package"])
    forget_key(work)


IMPORT = register(
    Kind(
        name="import",
        label=_("Import"),
        steps=(look_into, reserve_place, load_rows, load_files, settle_place, open_place, clear_up),
        undo=give_up,
    )
)
