"""A schema out in chunks and in again: the same to the byte, seen at one moment, never another company's."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from tenants.fleet.migrating import head
from tenants.fleet.models import Schema, Template
from tenants.fleet.pool import drop_schema
from tenants.fleet.streams.connections import own_connection
from tenants.fleet.streams.digests import digest_of, entry_of, noted
from tenants.fleet.streams.files import checked_file, chunks_of, files_of, write_file
from tenants.fleet.streams.loading import Altered, finish, load, make_empty, template_of, to_head
from tenants.fleet.streams.manifest import FileEntry, Manifest, TableEntry, Unfit
from tenants.fleet.streams.snapshots import snapshot_of
from tenants.fleet.streams.tally import Tally
from tenants.fleet.template import current_template
from tenants.kernel import context
from tenants.kernel.errors import NotFound
from tenants.kernel.ids import schema_name
from tests.factories import Twin, make


def copied(schema: str) -> str:
    """Another schema with the same rows."""
    name, template = schema_name(), current_template()
    make_empty(name, template)
    with snapshot_of(schema) as snapshot, own_connection() as own:
        for table in snapshot.tables:
            load(own, name, TableEntry(name=table.name, columns=list(table.columns), rows=-1, size=0, sha256=""),
                 snapshot.chunks(table))  # fmt: skip
    finish(name, template)
    return name


def indexes_of(schema: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = %s", [schema])
        return {row[0].replace(schema, "") for row in cursor.fetchall()}


def index_names(schema: str) -> set[str]:
    """Conditions read differently once they went through a template, and mean the same."""
    return {text.split()[2 + (text.split()[1] == "UNIQUE")] for text in indexes_of(schema)}


def test_a_copy_has_the_same_rows_indexes_and_rights(settled: Twin) -> None:
    name = copied(settled.company.schema_name)

    assert digest_of(settled.company.schema_name).differences(digest_of(name)) == []
    assert indexes_of(name) == indexes_of(settled.company.schema_name)
    assert Schema.objects.get(name=name).state == "beside"
    with context.inside(replace(settled.place, schema=name, role=name)), connection.cursor() as cursor:
        cursor.execute("SELECT first_name FROM crm_contact")
        assert cursor.fetchall() == [(settled.sentinel,)]


def test_a_changed_value_changes_the_digest_of_its_table_alone(settled: Twin) -> None:
    before = digest_of(settled.company.schema_name)
    with context.inside(settled.place), connection.cursor() as cursor:
        cursor.execute("UPDATE crm_contact SET job_title = 'Chief'")

    found = before.differences(digest_of(settled.company.schema_name))

    assert [line.partition(":")[0] for line in found] == ["crm_contact"]


def test_what_is_written_meanwhile_is_not_seen(settled: Twin) -> None:
    with snapshot_of(settled.company.schema_name) as snapshot:
        contacts = next(table for table in snapshot.tables if table.name == "crm_contact")
        with context.inside(settled.place):
            make("contacts", first_name="Late", last_name="Comer")
        assert entry_of(snapshot, contacts).rows == 1
        with snapshot_of(settled.company.schema_name, ticket=snapshot.ticket()) as fellow:
            assert entry_of(fellow, contacts) == entry_of(snapshot, contacts)
    with snapshot_of(settled.company.schema_name) as later:
        assert entry_of(later, contacts).rows == 2


def test_nothing_but_the_one_schema_can_be_read(settled: Twin, neighbour: Twin) -> None:
    with snapshot_of(settled.company.schema_name) as snapshot, pytest.raises(psycopg.errors.InsufficientPrivilege):
        snapshot.own.execute(f"SELECT * FROM {neighbour.company.schema_name}.crm_contact".encode())
    with pytest.raises(NotFound), snapshot_of("t_aaaaaaaaaaaaaaaaaaaa"):
        pass


def test_tables_come_after_those_they_point_at(settled: Twin) -> None:
    with snapshot_of(settled.company.schema_name) as snapshot:
        names = [table.name for table in snapshot.tables]
        assert names.index("identity_user") < names.index("crm_account") < names.index("crm_contact")
        assert snapshot.sequences() == {}


def test_generated_columns_are_not_written(settled: Twin) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = %s AND is_generated = 'ALWAYS'",
            [settled.company.schema_name],
        )
        generated = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = %s", [settled.company.schema_name]
        )
        every = cursor.fetchone()[0]
    with snapshot_of(settled.company.schema_name) as snapshot:
        assert (sum(len(table.columns) for table in snapshot.tables), generated > 0) == (every - generated, True)


def test_rows_that_are_not_those_of_the_manifest_are_refused(settled: Twin) -> None:
    name = schema_name()
    make_empty(name, current_template())
    with snapshot_of(settled.company.schema_name) as snapshot, own_connection() as own:
        table = next(one for one in snapshot.tables if one.name == "crm_contact")
        tally = Tally()
        chunks = list(tally.through(snapshot.chunks(table)))
        with pytest.raises(Altered):
            load(own, name, noted(table, tally), [b"".join(chunks).replace(b"priya", b"prija")])
        assert own.execute(f"SELECT count(*) FROM {name}.crm_contact".encode()).fetchone() == (0,)
        assert load(own, name, noted(table, tally), chunks).rows == 1


def test_a_manifest_survives_its_json() -> None:
    table = TableEntry(name="a", columns=["id"], rows=2, size=9, sha256="x")
    manifest = Manifest(
        fingerprint="f", applied=[["crm", "0001_initial"]], company={"name": "Ünal"}, tables=[table],
        made_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC), files=[FileEntry(path="a/b", size=3, sha256="y")],
    )  # fmt: skip

    assert Manifest.from_json(manifest.to_json()) == manifest
    assert (manifest.rows, manifest.size) == (2, 12)
    for text in ("", "[]", "{}", manifest.to_json().replace('"format": 1', '"format": 2')):
        with pytest.raises(Unfit):
            Manifest.from_json(text)


def test_a_shape_that_was_never_known_here_is_refused(settled: Twin) -> None:
    manifest = Manifest(fingerprint="0" * 64, applied=[], company={}, made_at=datetime.now(UTC))
    with pytest.raises(Unfit):
        template_of(manifest)
    assert template_of(replace(manifest, fingerprint=head())) == current_template()


def test_an_older_shape_is_filled_and_then_brought_to_head(settled: Twin) -> None:
    """Before the last module had its tables: they are made by its migration."""
    template, late = current_template(), re.compile(r"(?<![a-z_])voice_")
    older = Template(
        fingerprint="1" * 64,
        applied=[pair for pair in template.applied if pair[0] != "voice"],
        tables=[name for name in template.tables if not name.startswith("voice_")],
        statements=[text for text in template.statements if not late.search(text)],
    )
    name = schema_name()
    make_empty(name, older)
    finish(name, older)

    schema = to_head(name)

    assert schema.fingerprint == head()
    assert index_names(name) == index_names(settled.company.schema_name)
    drop_schema(name)


def test_files_come_and_go_as_they_are(settled: Twin) -> None:
    schema = settled.company.schema_name
    entry = write_file(schema, "files/ab/one", [b"12", b"345"])
    write_file(schema, "top", [b""])

    assert {one.path: one.size for one in files_of(schema)} == {"files/ab/one": 5, "top": 0}
    assert b"".join(chunks_of(schema, "files/ab/one")) == b"12345"
    assert checked_file(schema, "files/ab/one") == entry
    assert write_file(schema, "files/ab/one", [b"9"]).size == 1
    for path in ("../t_other/x", "/etc/x", "a/../../x", "a\x00"):
        with pytest.raises(Unfit):
            write_file(schema, path, [b"1"])
