"""A company as a package: written in one pass over one snapshot, looked at again, kept until it is fetched."""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Company, Domain
from tenants.fleet.copies import keeping, sealing
from tenants.fleet.copies.carried import carried_tables
from tenants.fleet.copies.cloning import carried_files, check_at_head, told
from tenants.fleet.copies.marks import brand_pictures, brand_words
from tenants.fleet.copies.packing import FILES, Entry, PackageManifest, PackageReader, PackageWriter, file_stream, lines
from tenants.fleet.copies.target import KEPT_OF_COMPANY
from tenants.fleet.models import Schema
from tenants.fleet.operations.kinds import Kind, register, step
from tenants.fleet.operations.running import Work
from tenants.fleet.streams.digests import noted
from tenants.fleet.streams.files import CHUNK, chunks_of
from tenants.fleet.streams.manifest import TableEntry
from tenants.fleet.streams.snapshots import snapshot_of
from tenants.fleet.streams.tally import Tally
from tenants.kernel import context
from tenants.kernel.context import Place
from tenants.kernel.copies import Copy, left_behind, parts_of
from tenants.kernel.secrets import decrypt, keys_of_here

PURPOSE = "fleet.package"
KEYS = "keys"
"""The part with the data keys of the place; in packages under a passphrase alone."""


def key_in(work: Work) -> bytes | None:
    """What the passphrase gave, kept encrypted with the operation until it is over."""
    token = work.arguments.get("key")
    return base64.b64decode(decrypt(token, purpose=PURPOSE)) if token else None


def forget_key(work: Work) -> None:
    work.operation.arguments = {name: value for name, value in work.arguments.items() if name != "key"}
    work.operation.save(update_fields=["arguments", "updated_at"])


@step(_("Writing rows and files"))
def write_package(work: Work) -> None:
    company, key = work.company, key_in(work)
    check_at_head(company)
    copy = Copy.SEALED if key else Copy.PACKAGE
    with keeping.writing(str(work.operation.pk)) as file:
        writer = PackageWriter(file, key)
        manifest = _began(company, copy, work, key)
        tables = _tables(work, writer, company, copy)
        parts = _parts(writer, company, copy)
        pictures = _pictures(writer, company)
        files = _files(work, writer, company)
        writer.close(replace(manifest, tables=tables, parts=parts, pictures=pictures, files=files))


def _began(company: Company, copy: Copy, work: Work, key: bytes | None) -> PackageManifest:
    schema = Schema.objects.get(name=company.schema_name)
    facts = {name: str(getattr(company, name)) for name in ("id", "name", "slug", *KEPT_OF_COMPANY)}
    hosts = Domain.objects.filter(company=company, verified_at__isnull=False).order_by("-is_canonical", "host")
    return PackageManifest(
        copy=copy, made_at=timezone.now(), fingerprint=schema.fingerprint, applied=schema.applied, company=facts,
        agency=company.agency.name, hosts=list(hosts.values_list("host", flat=True)), brand=brand_words(company),
        left_behind=[str(words) for words in left_behind(copy)],
        salt=str(work.arguments.get("salt", "")), proof=sealing.proof_of(key) if key else "",
    )  # fmt: skip


def _tables(work: Work, writer: PackageWriter, company: Company, copy: Copy) -> list[Any]:
    found, rows = [], 0
    with snapshot_of(company.schema_name) as snapshot:
        tables = list(carried_tables(snapshot, copy))
        total = sum(table.rows_guessed for table in tables)
        for table in tables:
            tally = writer.add(f"tables/{table.name}.copy", told(work, snapshot.chunks(table), rows, total))
            found.append(noted(table, tally))
            rows += tally.rows
    return found


def _parts(writer: PackageWriter, company: Company, copy: Copy) -> list[Entry]:
    with context.inside(company.place):
        found = [_entry(one.name, writer.add(f"parts/{one.name}.jsonl", lines(one.out()))) for one in parts_of(copy)]
        if copy == Copy.SEALED:
            found.append(_entry(KEYS, writer.add(f"parts/{KEYS}.jsonl", lines(_keys()))))
    return found


def _keys() -> Iterator[dict[str, str]]:
    for key_id, raw in keys_of_here().keys.items():
        yield {"id": str(key_id), "key": base64.b64encode(raw).decode()}


def _pictures(writer: PackageWriter, company: Company) -> list[dict[str, Any]]:
    found = []
    for kind, name in brand_pictures(company).items():
        if default_storage.exists(name):
            entry = _entry(kind, writer.add(f"pictures/{kind}", chunks_of(context.PUBLIC_SCHEMA, name)))
            found.append(
                {"name": entry.name, "size": entry.size, "sha256": entry.sha256, "ending": PurePath(name).suffix}
            )
    return found


def _files(work: Work, writer: PackageWriter, company: Company) -> Entry:
    schema = company.schema_name
    tally = Tally()
    count = 0

    def each() -> Iterator[tuple[str, int, Iterable[bytes]]]:
        nonlocal count
        for path in carried_files(schema):
            work.check()
            with context.inside(Place(schema=schema)):
                size = default_storage.size(path)
            count += 1
            yield path, size, chunks_of(schema, path)

    tally = writer.add(FILES, file_stream(each()))
    return Entry(name=FILES, rows=count, size=tally.size, sha256=tally.sha256)


def _entry(name: str, tally: Tally) -> Entry:
    return Entry(name=name, rows=tally.rows, size=tally.size, sha256=tally.sha256)


@step(_("Looking at it again"))
def check_package(work: Work) -> None:
    """What was written is read back and compared, before anybody relies on it."""
    with keeping.reading(str(work.operation.pk)) as file:
        reader = PackageReader(file, key_in(work))
        read_all(reader, work)
        found = reader.manifest
        size = file.seek(0, 2)
    forget_key(work)
    work.give(
        bytes=size, rows=found.rows, files=found.files.rows if found.files else 0, is_sealed=found.is_sealed,
        left_behind=found.left_behind,
    )  # fmt: skip


def read_all(reader: PackageReader, work: Work) -> None:
    """Every stream to its end. Raises Altered."""
    found, done = reader.manifest, 0
    streams: list[tuple[str, Entry | TableEntry]] = [(f"tables/{one.name}.copy", one) for one in found.tables]
    streams += [(f"parts/{one.name}.jsonl", one) for one in found.parts]
    streams += [(FILES, found.files)] if found.files else []
    for name, entry in streams:
        work.check()
        for chunk in reader.chunks(name, entry):
            done += len(chunk)
        work.tell(done // CHUNK, max(found.size // CHUNK, 1))


def drop_package(work: Work) -> None:
    keeping.drop(str(work.operation.pk))
    forget_key(work)


EXPORT = register(Kind(name="export", label=_("Export"), steps=(write_package, check_package), undo=drop_package))
