"""Show 6: whoever changes, deletes, exchanges or cuts off entries is found, and the entry named."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tenants.directory.anchors import drop_anchor
from tenants.directory.models import AuditAnchor
from tenants.identity.actions import audit
from tenants.identity.auditing.chain import digest_of, genesis
from tenants.identity.auditing.cutting import cut_before
from tenants.identity.auditing.verifying import Report, verify
from tenants.identity.models import AuditEntry
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.context import PUBLIC_SCHEMA, Place
from tests.factories import Twin


def write(count: int = 6) -> list[AuditEntry]:
    """So many entries after what the company has, and the anchor that their commit would drop."""
    found = [audit("test.done", by=robot("Tester"), subject=f"thing {n}", rate=1.5, count=n) for n in range(count)]
    anchor()
    return found


def anchor() -> None:
    last = AuditEntry.objects.filter(chain=context.place().salt).first()
    assert last is not None
    drop_anchor(context.place(), number=last.number, digest=last.digest)


@contextmanager
def master(twin: Twin) -> Iterator[Any]:
    """As somebody who owns the tables and does what they like."""
    with context.inside(Place(schema=twin.place.schema, company_id=twin.company.pk)), connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE, DELETE ON identity_auditentry TO CURRENT_USER")
        yield cursor


def found() -> list[tuple[str, tuple[int, ...]]]:
    return [(one.kind, one.numbers) for one in verify().findings]


def test_untouched_chain_holds(company: Twin) -> None:
    before = AuditEntry.objects.count()
    entries = write()

    report = verify()

    assert (report.holds, report.count, report.last) == (True, before + 6, entries[-1].number)
    assert AuditEntry.objects.order_by("number").first().previous == genesis(str(company.company.pk))  # type: ignore[union-attr]
    assert all(digest_of(one) == one.digest for one in AuditEntry.objects.all())


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Somebody'", "action = 'test.other'", "subject = ''", "user_id = gen_random_uuid()",
        "details = '{}'", "created_at = created_at + interval '1 second'", "machine = '10.0.0.1'",
        "request_id = 'x'", "digest = repeat('0', 64)", "previous = repeat('0', 64)", "id = gen_random_uuid()",
    ],
)  # fmt: skip
def test_changed_entry_is_found_and_named(company: Twin, change: str) -> None:
    entry = write()[2]
    with master(company) as cursor:
        cursor.execute(f"UPDATE identity_auditentry SET {change} WHERE number = %s", [entry.number])

    assert found() == [("changed", (entry.number,))]


def test_deleted_entry_is_found_and_named(company: Twin) -> None:
    entry = write()[2]
    with master(company) as cursor:
        cursor.execute("DELETE FROM identity_auditentry WHERE number = %s", [entry.number])

    assert found() == [("missing", (entry.number,))]


def test_first_entry_deleted_is_found(company: Twin) -> None:
    write()
    with master(company) as cursor:
        cursor.execute("DELETE FROM identity_auditentry WHERE number = 1")

    assert found() == [("missing", (1,))]


def test_exchanged_numbers_are_found_and_both_named(company: Twin) -> None:
    one, two = write()[1:4:2]
    swap = "UPDATE identity_auditentry SET number = %s WHERE id = %s"
    with master(company) as cursor:
        for number, entry in ((10_000, one), (one.number, two), (two.number, one)):
            cursor.execute(swap, [number, entry.pk])

    assert found() == [("reordered", (one.number, two.number))]


def test_exchanged_contents_are_found_and_both_named(company: Twin) -> None:
    one, two = write()[1:3]
    with master(company) as cursor:
        cursor.execute(
            "UPDATE identity_auditentry a SET subject = b.subject, details = b.details, created_at = b.created_at,"
            " id = CASE WHEN a.number = %s THEN gen_random_uuid() ELSE a.id END FROM identity_auditentry b"
            " WHERE (a.number, b.number) IN ((%s, %s), (%s, %s))",
            [-1, one.number, two.number, two.number, one.number],
        )
        cursor.execute("UPDATE identity_auditentry SET id = gen_random_uuid() WHERE number = %s", [one.number])
        cursor.execute("UPDATE identity_auditentry SET id = %s WHERE number = %s", [one.pk, two.number])
        cursor.execute("UPDATE identity_auditentry SET id = %s WHERE number = %s", [two.pk, one.number])

    assert found() == [("reordered", (one.number, two.number))]


def test_entry_written_anew_with_its_digest_is_found(company: Twin) -> None:
    entry = write()[2]
    entry.subject = "forged"
    with master(company) as cursor:
        cursor.execute(
            "UPDATE identity_auditentry SET subject = %s, digest = %s WHERE number = %s",
            [entry.subject, digest_of(entry), entry.number],
        )

    assert found() == [("rewritten", (entry.number, entry.number + 1))]


def test_chain_written_anew_to_its_end_is_not_the_anchored_one(company: Twin) -> None:
    entry = write()[-1]
    entry.subject = "forged"
    with master(company) as cursor:
        cursor.execute(
            "UPDATE identity_auditentry SET subject = %s, digest = %s WHERE number = %s",
            [entry.subject, digest_of(entry), entry.number],
        )

    assert found() == [("rewritten", (entry.number,))]


def test_cut_off_end_is_found(company: Twin) -> None:
    entries = write()
    with master(company) as cursor:
        cursor.execute("DELETE FROM identity_auditentry WHERE number > %s", [entries[3].number])

    assert found() == [("truncated", (entries[4].number, entries[5].number))]


def test_forged_anchor_bears_no_seal(company: Twin) -> None:
    entries = write()
    with master(company) as cursor:
        cursor.execute("DELETE FROM identity_auditentry WHERE number > %s", [entries[3].number])
    with context.public():
        AuditAnchor.objects.filter(chain=str(company.company.pk)).update(
            number=entries[3].number, digest=entries[3].digest
        )

    assert [kind for kind, _numbers in found()] == ["anchor"]


def test_anchor_taken_away_is_missed(company: Twin) -> None:
    write()
    with context.public():
        AuditAnchor.objects.all().delete()

    assert [kind for kind, _numbers in found()] == ["anchor"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE identity_auditentry SET subject = 'x'", "DELETE FROM identity_auditentry", "TRUNCATE identity_auditentry"],
)
def test_database_refuses_the_company_and_public_alike(twins: tuple[Twin, Twin], statement: str) -> None:
    for place in (twins[0].place, Place(schema=PUBLIC_SCHEMA)):
        with context.inside(place), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_retention_cuts_the_old_end_and_the_chain_still_holds(company: Twin) -> None:
    entries = write()
    with master(company) as cursor:  # the house's clock cannot be turned back for one chain alone
        cursor.execute("SELECT max(created_at) FROM identity_auditentry WHERE number = %s", [entries[3].number])
        moment = cursor.fetchone()[0]

    gone = cut_before(moment, by=robot())
    anchor()

    report = verify()
    assert (gone, report.findings) == (entries[3].number - 1, [])
    assert AuditEntry.objects.order_by("number").first() == entries[3]
    assert AuditEntry.objects.first().details["through"] == entries[2].number  # type: ignore[union-attr]


def test_retention_of_everything_leaves_the_mark(company: Twin) -> None:
    write()

    cut_before(timezone.now() + timedelta(days=1), by=robot())
    again = cut_before(timezone.now() + timedelta(days=1), by=robot())
    anchor()

    assert (again, [entry.action for entry in AuditEntry.objects.all()]) == (0, ["audit.cut"])
    assert found() == []


def test_company_may_not_delete_after_a_cut(company: Twin) -> None:
    write()
    cut_before(timezone.now() - timedelta(days=1), by=robot())

    for place in (company.place, Place(schema=company.place.schema, company_id=company.company.pk)):
        with context.inside(place), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            AuditEntry.objects.all().delete()


def test_cut_without_our_mark_is_found(company: Twin) -> None:
    entries = write()
    last = entries[2]
    audit("audit.cut", by=robot(), through=last.number, digest=last.digest, seal="forged", count=3)
    anchor()
    with master(company) as cursor:
        cursor.execute("DELETE FROM identity_auditentry WHERE number <= %s", [last.number])

    assert [kind for kind, _numbers in found()] == ["mark", "missing"]


def test_entries_of_one_company_are_no_chain_in_another(twins: tuple[Twin, Twin]) -> None:
    with context.inside(twins[0].place):
        entry = write()[0]
    with context.inside(twins[1].place):
        stranger = audit("test.done", by=robot(), subject="own")
        entry.pk, entry.number = stranger.pk, stranger.number
        assert digest_of(entry) != stranger.digest
        anchor()
        assert verify().holds


def test_agencies_and_platform_have_chains_of_their_own(twins: tuple[Twin, Twin]) -> None:
    reports: list[Report] = []
    for place in (Place(schema=PUBLIC_SCHEMA), *(Place(schema=PUBLIC_SCHEMA, agency_id=t.agency.pk) for t in twins)):
        with context.inside(place, actor=robot()):
            write(2)
            reports.append(verify())

    assert [one.findings for one in reports] == [[], [], []]
    assert len({one.chain for one in reports}) == 3


def test_details_survive_the_database_as_they_are_summed_up(company: Twin) -> None:
    odd = {"n": 1e22, "f": 0.1, "none": None, "nul": "a\x00b", "deep": {"b": [1, 2.50], "a": True}, "text": "ё\ud800"}

    audit("test.odd", by=robot("Nul\x00 name"), subject="x" * 300, **odd)
    anchor()

    assert verify().findings == []
    entry = AuditEntry.objects.first()
    assert entry is not None
    assert (entry.actor_name, len(entry.subject), entry.details["f"]) == ("Nul name", 200, "0.1")


def test_command_names_company_and_entry(company: Twin) -> None:
    entry = write()[2]
    name = f"{company.agency.slug}/{company.company.slug}"
    out, errors = StringIO(), StringIO()
    call_command("audit", "verify", company=name, stdout=out, stderr=errors)
    assert "whole" in out.getvalue()
    assert "NOT" not in out.getvalue()
    with master(company) as cursor:
        cursor.execute("UPDATE identity_auditentry SET subject = 'x' WHERE number = %s", [entry.number])

    with pytest.raises(CommandError, match="1 of 1 chains do not hold"):
        call_command("audit", "verify", company=name, stdout=out, stderr=errors)

    assert f"{name}: changed: entry {entry.number} (test.done, " in errors.getvalue()
    with pytest.raises(CommandError, match="There is no company nobody"):
        call_command("audit", "verify", company="nobody", stdout=out, stderr=errors)
